using System.Diagnostics;
using Exo.Testing;
using Exo.Testing.Processes;
using Xunit.Abstractions;

namespace Exo.Cluster.Tests;

/// <summary>
/// The network between devices is cut and put back while clients ask every one of them: all answers are those of the undisturbed
/// cluster, and soon there is one cluster again, of the same processes.
/// </summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private const string StartsAnew = "starts its actor system anew";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>From the moment that the network is whole again.</summary>
    private static readonly TimeSpan s_healing = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 96, ["temperature"] = 0, ["ignore_eos"] = true };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task Given_a_partition_When_it_heals_Then_each_side_answered_meanwhile_and_all_are_one_cluster_within_ten_seconds(int left, int right)
    {
        await using ProxiedDevices cluster = await ProxiedDevices.Start(left + right);
        Traffic traffic = Traffic.At(cluster.Devices, s_request, await Answer.Ask(cluster.Devices[0], s_request));
        await traffic.More(cluster.Devices, 1);

        cluster.Split(left);
        Stopwatch cut = Stopwatch.StartNew();
        await ClusterView.ShownBy(cluster.Devices[..left], left, s_patience);
        await ClusterView.ShownBy(cluster.Devices[left..], right, s_patience);
        output.WriteLine($"{left}|{right}: both sides went on alone {cut.Elapsed.TotalSeconds:0.00} s after the cut");
        await traffic.More(cluster.Devices, 2);

        await Heals(cluster, traffic, $"{left}|{right}");
        Assert.All(cluster.Devices[..left], device => Assert.DoesNotContain(StartsAnew, device.Output));
        Assert.All(cluster.Devices[left..], device => Assert.Contains(StartsAnew, device.Output));
    }

    /// <summary>What the second device calls the first with is lost, with all that would come back on it; the other way nothing is.</summary>
    [Fact]
    public async Task Given_loss_in_one_direction_When_it_ends_Then_each_device_answered_meanwhile_and_all_are_one_cluster_within_ten_seconds()
    {
        await using ProxiedDevices cluster = await ProxiedDevices.Start(2);
        Traffic traffic = Traffic.At(cluster.Devices, s_request, await Answer.Ask(cluster.Devices[0], s_request));
        await traffic.More(cluster.Devices, 1);

        cluster.Cut(0, [1]);
        await traffic.More(cluster.Devices, 4);

        await Heals(cluster, traffic, "one way");
        Assert.False(Array.TrueForAll(cluster.Devices, device => device.Output.Contains(StartsAnew, StringComparison.Ordinal)), "Both yielded to each other.");
    }

    [Fact]
    public async Task Given_two_hundred_milliseconds_of_jitter_Then_nobody_is_removed_and_answers_stay_the_same()
    {
        Dictionary<string, object> few = new(s_request) { ["max_tokens"] = 8 };
        await using ProxiedDevices cluster = await ProxiedDevices.Start(3);
        Traffic traffic = Traffic.At(cluster.Devices, few, await Answer.Ask(cluster.Devices[0], few));

        cluster.Jitter = TimeSpan.FromMilliseconds(200);
        await traffic.More(cluster.Devices, 2);

        Assert.All(cluster.Devices, device => Assert.DoesNotContain("is gone", device.Output));
        await Heals(cluster, traffic, "jitter");
        Assert.All(cluster.Devices, device => Assert.DoesNotContain(StartsAnew, device.Output));
    }

    /// <summary>A device that was removed by mistake starts anew, and finds nobody there whom it could join.</summary>
    [Fact]
    public async Task Given_a_device_that_starts_anew_and_reaches_nobody_Then_it_serves_alone_after_a_while_and_joins_the_others_when_it_can()
    {
        await using ProxiedDevices cluster = await ProxiedDevices.Start(2, "exo.healing.alone-after = 1s");
        DeviceProcess lost = cluster.Devices[1];
        Traffic traffic = Traffic.At(cluster.Devices, s_request, await Answer.Ask(lost, s_request));
        cluster.Split(1);

        (int code, string said) = await DeviceProcess.End(DeviceProcess.RunPbm(lost.Home, lost.Pbm, "cluster", "down", lost.Name));
        Assert.True(code == 0, said);
        Stopwatch removed = Stopwatch.StartNew();
        await Eventually.True(() => lost.Output.Contains("goes on alone and keeps looking", StringComparison.Ordinal), s_patience, "it gives up joining", () => lost.Output);
        await ClusterView.ShownBy([lost], 1, s_patience);
        output.WriteLine($"alone {removed.Elapsed.TotalSeconds:0.00} s after it was removed, of which it tried to join for 1 s");
        await traffic.More(cluster.Devices, 2);

        await Heals(cluster, traffic, "alone");
    }

    /// <summary>Puts everything back: one cluster of the same processes in time, and no answer was disturbed at any moment.</summary>
    private async Task Heals(ProxiedDevices cluster, Traffic traffic, string name)
    {
        cluster.Heal();
        TimeSpan healing = await ClusterView.ShownBy(cluster.Devices, cluster.Devices.Length, s_healing);
        output.WriteLine($"{name}: one cluster {healing.TotalSeconds:0.00} s after healing");
        await traffic.More(cluster.Devices, 1);
        await traffic.End();
        output.WriteLine(string.Join(", ", cluster.Devices.Select(device => $"{device.Name}: {traffic.Answers(device)} answers, {traffic.Recoveries(device)} recoveries")));
        Assert.All(cluster.Devices, device => Assert.False(device.HasExited, device.Output));
    }
}
