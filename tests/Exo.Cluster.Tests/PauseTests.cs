using System.Diagnostics;
using System.Net;
using Exo.Testing;
using Exo.Testing.Processes;
using Xunit.Abstractions;

namespace Exo.Cluster.Tests;

/// <summary>A device sleeps, as a laptop does, and wakes again: for a moment, for as long as the others wait, or for much longer.</summary>
public sealed class PauseTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 24, ["temperature"] = 0, ["ignore_eos"] = true };
    private static readonly Dictionary<string, object> s_story = new(s_request) { ["max_tokens"] = 600, ["temperature"] = 0.9, ["seed"] = 11 };

    [SkippableFact]
    public async Task Given_an_answer_under_way_at_a_device_that_the_others_removed_while_it_slept_When_it_wakes_Then_the_answer_goes_on_and_it_rejoins()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGSTOP.");
        await using Ring ring = await Ring.Start(2);
        (DeviceProcess sleeper, DeviceProcess other) = (ring.Devices[0], ring.Devices[1]);
        Answer undisturbed = await Answer.Ask(sleeper, s_story);
        TaskCompletionSource underWay = new();
        Task<Answer> answering = Answer.Ask(sleeper, s_story, tokens => _ = tokens > 0 && underWay.TrySetResult());
        await underWay.Task;

        await using (await Pause.Of(sleeper))
        {
            await ClusterView.ShownBy([other], 1, s_patience);
            Assert.False(answering.IsCompleted, "The answer was to be open when the device fell asleep.");
        }

        Answer disturbed = await answering;
        Assert.Equal(undisturbed.Ids, disturbed.Ids);
        Assert.Equal(undisturbed.Text, disturbed.Text);
        Assert.True(disturbed.Done);
        Assert.InRange(disturbed.Recoveries, 1, int.MaxValue);
        output.WriteLine($"2 devices: the answer, disturbed by a sleep, took {disturbed.Took.TotalSeconds:0.00} s instead of {undisturbed.Took.TotalSeconds:0.00} s");
        await ring.Shows(2, ring.Devices);
    }

    [SkippableFact]
    public async Task A_pause_of_three_seconds_removes_nobody_and_after_thirty_the_others_have_gone_on_and_the_device_comes_back_by_itself()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGSTOP.");
        await using Ring ring = await Ring.Start(3);
        DeviceProcess sleeper = (await ring.InOrder())[0];
        DeviceProcess[] others = [.. ring.Devices.Where(device => device != sleeper)];
        Answer before = await Answer.Ask(sleeper, s_request);
        using HttpClient client = new() { BaseAddress = sleeper.Http, Timeout = s_patience };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/livez")).StatusCode);

        await using (await Pause.Of(sleeper))
        {
            await Throughout(s_short, async () => Assert.Equal(3, (await others[0].Look())!.Members.Length));
        }

        await ClusterView.ShownBy(ring.Devices, 3, s_patience);
        Assert.Equal(before.Ids, (await Answer.Ask(sleeper, s_request)).Ids);
        Assert.All(ring.Devices, device => Assert.DoesNotContain("starts its actor system anew", device.Output));

        Task<HttpResponseMessage> asked;
        Stopwatch clock = Stopwatch.StartNew();
        await using (await Pause.Of(sleeper))
        {
            asked = client.GetAsync("/livez");
            await ring.Shows(2, others);
            output.WriteLine($"a ring of the other two {clock.Elapsed.TotalSeconds:0.00} s after the third fell asleep");
            Traffic traffic = Traffic.At(others, s_request, before);
            await Throughout(s_long - clock.Elapsed, async () => Assert.True((await others[0].Look())!.IsWhole(2)));
            await traffic.End();
            Assert.All(others, device => Assert.InRange(traffic.Answers(device), 1, int.MaxValue));
            Assert.False(asked.IsCompleted);
            clock.Restart();
        }

        using HttpResponseMessage alive = await asked;
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        await ClusterView.ShownBy(ring.Devices, 3, s_patience);
        output.WriteLine($"a member again {clock.Elapsed.TotalSeconds:0.00} s after it woke");
        await ring.Shows(3, ring.Devices);
        output.WriteLine($"a ring of three {clock.Elapsed.TotalSeconds:0.00} s after it woke");
        Assert.Contains("starts its actor system anew", sleeper.Output);
        Assert.All(others, device => Assert.DoesNotContain("starts its actor system anew", device.Output));
        Assert.False(sleeper.HasExited, "The process lives on.");
        Assert.Equal(before.Ids, (await Answer.Ask(sleeper, s_request)).Ids);
    }

    private static Task Throughout(TimeSpan time, Func<Task> holds)
    {
        Stopwatch clock = Stopwatch.StartNew();
        return Eventually.True(
            async () =>
            {
                await holds();
                return clock.Elapsed > time;
            },
            s_patience,
            "time passes");
    }
}
