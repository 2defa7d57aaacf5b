using System.Diagnostics;
using System.Text.Json;
using Exo.Testing;
using Exo.Testing.Processes;
using Xunit.Abstractions;

namespace Exo.Cluster.Tests;

/// <summary>The network between devices is cut and put back; both sides answer meanwhile, and then there is one cluster again.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is a ring?", ["max_tokens"] = 16, ["temperature"] = 0, ["ignore_eos"] = true };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task Given_a_partition_When_it_heals_Then_each_side_answered_meanwhile_and_all_are_one_cluster_again(int left, int right)
    {
        await using ProxiedDevices cluster = await ProxiedDevices.Start(left + right);
        await Members(cluster.Devices, left + right);
        Answer before = await Answer.Ask(cluster.Devices[0], s_request);

        for (int i = 0; i < left + right; i++)
        {
            cluster.Cut(i, [.. Enumerable.Range(0, left + right).Where(other => other < left != i < left)]);
        }

        await Members(cluster.Devices[..left], left);
        await Members(cluster.Devices[left..], right);
        Assert.Equal(before.Ids, (await Answer.Ask(cluster.Devices[0], s_request)).Ids);
        Assert.Equal(before.Ids, (await Answer.Ask(cluster.Devices[left], s_request)).Ids);
        await Heals(cluster, before, $"{left}|{right}");
    }

    /// <summary>What the second device calls the first with is lost, with all that would come back on it; the other way nothing is.</summary>
    [Fact]
    public async Task Given_loss_in_one_direction_When_it_ends_Then_each_device_answered_meanwhile_and_all_are_one_cluster_again()
    {
        await using ProxiedDevices cluster = await ProxiedDevices.Start(2);
        await Members(cluster.Devices, 2);
        Answer before = await Answer.Ask(cluster.Devices[0], s_request);

        cluster.Cut(0, [1]);

        foreach (DeviceProcess device in cluster.Devices)
        {
            Assert.Equal(before.Ids, (await Answer.Ask(device, s_request)).Ids);
        }

        await Heals(cluster, before, "one way");
    }

    [Fact]
    public async Task Given_two_hundred_milliseconds_of_jitter_Then_nobody_is_removed_and_answers_stay_the_same()
    {
        await using ProxiedDevices cluster = await ProxiedDevices.Start(3);
        await Members(cluster.Devices, 3);
        Answer before = await Answer.Ask(cluster.Devices[0], s_request);

        cluster.Jitter = TimeSpan.FromMilliseconds(200);

        foreach (DeviceProcess device in cluster.Devices)
        {
            Assert.Equal(before.Ids, (await Answer.Ask(device, s_request)).Ids);
            await Members(cluster.Devices, 3);
            Assert.DoesNotContain("is gone", device.Output, StringComparison.Ordinal);
        }

        await Heals(cluster, before, "jitter");
    }

    /// <summary>Puts everything back and waits for one cluster of the same processes.</summary>
    private async Task Heals(ProxiedDevices cluster, Answer before, string name)
    {
        cluster.Heal();
        Stopwatch healed = Stopwatch.StartNew();
        await Members(cluster.Devices, cluster.Devices.Length);
        output.WriteLine($"{name}: one cluster {healed.Elapsed.TotalSeconds:0.00} s after healing");
        Assert.All(cluster.Devices, device => Assert.False(device.HasExited, device.Output));
        foreach (DeviceProcess device in cluster.Devices)
        {
            Assert.Equal(before.Ids, (await Answer.Ask(device, s_request)).Ids);
        }
    }

    /// <summary>Waits until each of them sees so many members, all of them up.</summary>
    private static async Task Members(IReadOnlyList<DeviceProcess> devices, int count)
    {
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
        foreach (DeviceProcess device in devices)
        {
            string last = "";
            await Eventually.True(
                async () =>
                {
                    last = await http.GetStringAsync(new Uri(device.Http, "/cluster"));
                    using JsonDocument document = JsonDocument.Parse(last);
                    JsonElement members = document.RootElement.GetProperty("members");
                    return members.GetArrayLength() == count && members.EnumerateArray().All(member => member.GetProperty("status").GetString() == "Up");
                },
                s_patience,
                $"{device.Name} sees {count} members",
                () => last + "\n" + string.Join('\n', devices.Select(d => $"--- {d.Name}\n{d.Output}")));
        }
    }
}
