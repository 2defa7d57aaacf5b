using System.Diagnostics;
using Exo.Testing.Processes;
using Xunit.Abstractions;

namespace Exo.Cluster.Tests;

/// <summary>A device is killed and started again, as after a power cut: what people do meanwhile works, and the ring is whole again.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 24, ["temperature"] = 0, ["ignore_eos"] = true };

    [Fact]
    public async Task Given_the_oldest_of_three_is_killed_Then_commands_ask_another_at_once_and_when_it_starts_on_the_same_port_it_is_in_the_ring_again()
    {
        await using Ring ring = await Ring.Start(3);
        Answer before = await Answer.Ask(ring.Devices[1], s_request);
        DeviceProcess victim = ring.Devices[0];
        DeviceProcess[] others = ring.Devices[1..];
        string? epoch = (await others[0].Look())!.Epoch;
        victim.Kill();
        Assert.True(File.Exists(victim.NodeFile), "A killed device leaves its file behind.");

        Stopwatch clock = Stopwatch.StartNew();
        (int statusCode, string status) = await DeviceProcess.End(DeviceProcess.Run(ring.Home, "status", "--json"));
        output.WriteLine($"exo status answered {clock.Elapsed.TotalSeconds:0.00} s after kill -9");
        (int runCode, string said) = await DeviceProcess.End(DeviceProcess.Run(ring.Home, "run", "exo-demo", "What is a ring?", "--temperature", "0", "--max-tokens", "8"));
        output.WriteLine($"exo run was through {clock.Elapsed.TotalSeconds:0.00} s after kill -9");

        Assert.True(statusCode == 0, status);
        Assert.Contains(ClusterView.Parse(status).Device, others.Select(device => device.Name));
        Assert.True(runCode == 0, said);
        Assert.NotEmpty(said.Trim());
        Assert.False(File.Exists(victim.NodeFile), "The file of a dead process is removed by who finds it.");
        await ring.Shows(2, others);
        output.WriteLine($"a ring of two {clock.Elapsed.TotalSeconds:0.00} s after kill -9");
        Assert.Equal(before.Ids, (await Answer.Ask(others[0], s_request)).Ids);

        clock.Restart();
        await using DeviceProcess again = DeviceProcess.Start(ring.Home, victim.Name, "--port", victim.Akka.Split(':')[1], "--http", victim.Http.Authority);
        await again.Ready();
        output.WriteLine($"up again {clock.Elapsed.TotalSeconds:0.00} s after its start");
        Assert.Equal(victim.Akka, again.Akka);
        await ring.Shows(3, [again, .. others]);
        output.WriteLine($"a ring of three {clock.Elapsed.TotalSeconds:0.00} s after its start");

        foreach (DeviceProcess device in (DeviceProcess[])[again, .. others])
        {
            Assert.Equal(before.Ids, (await Answer.Ask(device, s_request)).Ids);
        }

        Assert.NotEqual(epoch, (await again.Look())!.Epoch);
    }

    [SkippableFact]
    public async Task Given_the_oldest_is_stopped_Then_commands_ask_the_next_and_when_no_other_runs_they_say_so()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGSTOP.");
        await using Ring ring = await Ring.Start(2);
        await using Pause pause = await Pause.Of(ring.Devices[0]);

        (int code, string status) = await DeviceProcess.End(DeviceProcess.Run(ring.Home, "status", "--json"));
        Assert.True(code == 0, status);
        Assert.Equal(ring.Devices[1].Name, ClusterView.Parse(status).Device);

        ring.Devices[1].Kill();
        (code, string said) = await DeviceProcess.End(DeviceProcess.Run(ring.Home, "status"));
        Assert.Equal(1, code);
        Assert.Contains($"{ring.Devices[0].Name} (process {ring.Devices[0].ProcessId})", said);
    }
}
