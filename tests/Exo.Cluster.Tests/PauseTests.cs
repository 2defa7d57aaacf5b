using System.Diagnostics;
using System.Globalization;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>A device sleeps for longer than the others wait, as a laptop does, and wakes again.</summary>
public sealed class PauseTests
{
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 24, ["temperature"] = 0, ["ignore_eos"] = true };

    [SkippableTheory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Given_a_device_that_the_others_removed_while_it_slept_When_it_wakes_Then_it_rejoins_in_the_same_process(int devices)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGSTOP.");
        await using Ring ring = await Ring.Start(devices);
        DeviceProcess sleeper = (await ring.InOrder())[0];
        DeviceProcess[] others = [.. ring.Devices.Where(device => device != sleeper)];
        Answer before = await Answer.Ask(others[0], s_request);
        await Signal(sleeper, "STOP");
        try
        {
            await ring.Shows(devices - 1, others);
            Assert.Equal(before.Ids, (await Answer.Ask(others[0], s_request)).Ids);
        }
        finally
        {
            await Signal(sleeper, "CONT");
        }

        Stopwatch awake = Stopwatch.StartNew();
        await ring.Shows(devices, ring.Devices);

        Assert.True(awake.Elapsed < TimeSpan.FromSeconds(30), $"It took {awake.Elapsed.TotalSeconds:0.0} s.");
        Assert.False(sleeper.HasExited, "The process lives on.");
        Assert.Equal(before.Ids, (await Answer.Ask(sleeper, s_request)).Ids);
    }

    private static async Task Signal(DeviceProcess device, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, device.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
