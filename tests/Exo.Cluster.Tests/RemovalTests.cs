using System.Diagnostics;
using Exo.Testing.Processes;
using Xunit.Abstractions;

namespace Exo.Cluster.Tests;

/// <summary>A device that works is removed by mistake, in the middle of its answers.</summary>
public sealed class RemovalTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 800, ["temperature"] = 0.9, ["seed"] = 5, ["ignore_eos"] = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_an_answer_under_way_When_its_device_is_removed_by_hand_Then_the_same_connection_gives_the_rest_token_for_token(bool byItself)
    {
        await using Ring ring = await Ring.Start(3);
        DeviceProcess[] order = await ring.InOrder();
        DeviceProcess removed = order[1];
        DeviceProcess asked = byItself ? removed : order[0];
        Answer undisturbed = await Answer.Ask(removed, s_request);
        TaskCompletionSource underWay = new();
        Task<Answer> answering = Answer.Ask(removed, s_request, tokens => _ = tokens > 0 && underWay.TrySetResult());
        await underWay.Task;

        (int code, string said) = await DeviceProcess.End(DeviceProcess.RunPbm(ring.Home, asked.Pbm, "cluster", "down", removed.Name));
        Assert.True(code == 0, said);
        Assert.False(answering.IsCompleted, "The answer was to be open when the device was removed.");
        Stopwatch clock = Stopwatch.StartNew();
        Answer disturbed = await answering;
        Assert.Equal(undisturbed.Ids, disturbed.Ids);
        Assert.Equal(undisturbed.Text, disturbed.Text);
        Assert.Equal("length", disturbed.FinishReason);
        Assert.True(disturbed.Done, "The stream ends with [DONE].");
        Assert.InRange(disturbed.Recoveries, 1, int.MaxValue);
        await ring.Shows(3, ring.Devices);
        output.WriteLine($"removed by {(byItself ? "itself" : "another")}: a ring of three again {clock.Elapsed.TotalSeconds:0.00} s later; longest pause {disturbed.Timings.GetProperty("longest_pause_ms")} ms, the answer took {disturbed.Took.TotalSeconds:0.00} s instead of {undisturbed.Took.TotalSeconds:0.00} s");
        Assert.False(removed.HasExited, removed.Output);
    }
}
