using Exo.Testing;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>A device is asked to leave by hand, in the middle of the others' answers.</summary>
public sealed class LeaveTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 400, ["temperature"] = 0, ["ignore_eos"] = true };

    [Fact]
    public async Task Given_answers_under_way_When_another_device_of_the_ring_is_asked_to_leave_Then_its_process_ends_well_and_the_answers_are_the_same()
    {
        await using Ring ring = await Ring.Start(3);
        DeviceProcess[] order = await ring.InOrder();
        (DeviceProcess stays, DeviceProcess leaves) = (order[0], order[1]);
        DeviceProcess[] others = [.. ring.Devices.Where(device => device != leaves)];
        Traffic traffic = Traffic.At([stays, stays], s_request, await Answer.Ask(stays, s_request));
        await traffic.More([stays], 1);

        (int code, string said) = await DeviceProcess.End(DeviceProcess.RunPbm(ring.Home, stays.Pbm, "cluster", "leave", leaves.Name));
        Assert.True(code == 0, said);
        await Eventually.True(() => leaves.HasExited, s_patience, $"{leaves.Name} ends", () => leaves.Output);
        await ring.Shows(2, others);
        await traffic.More([stays], 2);
        await traffic.End();

        Assert.True(leaves.ExitCode == 0, leaves.Output);
        Assert.Contains("asked this device to leave", leaves.Output);
        Assert.False(File.Exists(leaves.NodeFile));
    }
}
