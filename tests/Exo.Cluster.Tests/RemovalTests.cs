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
    public async Task Given_answers_under_way_When_their_device_is_removed_by_hand_Then_the_same_connections_give_the_rest_token_for_token(bool byItself)
    {
        await using Ring ring = await Ring.Start(3);
        DeviceProcess[] order = await ring.InOrder();
        DeviceProcess removed = order[1];
        DeviceProcess asked = byItself ? removed : order[0];

        // Two clients, so that at any moment at least one answer is open, however long the command takes to start.
        Traffic traffic = Traffic.At([removed, removed], s_request, await Answer.Ask(removed, s_request));
        (int code, string said) = await DeviceProcess.End(DeviceProcess.RunPbm(ring.Home, asked.Pbm, "cluster", "down", removed.Name));
        Stopwatch clock = Stopwatch.StartNew();

        Assert.True(code == 0, said);
        await ring.Shows(3, ring.Devices);
        output.WriteLine($"removed by {(byItself ? "itself" : "another")}: a ring of three again {clock.Elapsed.TotalSeconds:0.00} s later");
        await traffic.More([removed], 2);
        await traffic.End();
        output.WriteLine($"{traffic.Answers(removed)} answers, {traffic.Recoveries(removed)} recoveries, longest pause {traffic.LongestPause.TotalSeconds:0.00} s");
        Assert.InRange(traffic.Recoveries(removed), 1, int.MaxValue);
        Assert.False(removed.HasExited, removed.Output);
    }
}
