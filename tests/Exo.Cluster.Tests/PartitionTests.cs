using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Akka.Tests.Remote;
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
        int count = left + right;
        string home = Directory.CreateTempSubdirectory("exo-split-").FullName;
        CuttableProxy[] proxies = [.. Enumerable.Range(0, count).Select(_ => new CuttableProxy())];
        List<DeviceProcess> devices = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                proxies[i].Target = FreePort();
                string file = Path.Combine(home, $"device-{i}.conf");
                await File.WriteAllTextAsync(file, $"akka.remote.dot-netty.tcp.public-port = {proxies[i].Port}");
                string[] place = i == 0 ? ["--model", "exo-demo"] : ["--seed", $"127.0.0.1:{proxies[0].Port}"];
                DeviceProcess device = DeviceProcess.Start(home, $"device-{i}", ["--config", file, "--port", proxies[i].Target.ToString(CultureInfo.InvariantCulture), .. place]);
                devices.Add(device);
                await device.Ready();
            }

            await Members(devices, count);
            Answer before = await Answer.Ask(devices[0], s_request);

            for (int i = 0; i < count; i++)
            {
                proxies[i].Cut([.. Enumerable.Range(0, count).Where(other => other < left != i < left).Select(other => proxies[other].Port)]);
            }

            await Members(devices[..left], left);
            await Members(devices[left..], right);
            Assert.Equal(before.Ids, (await Answer.Ask(devices[0], s_request)).Ids);
            Assert.Equal(before.Ids, (await Answer.Ask(devices[left], s_request)).Ids);

            foreach (CuttableProxy proxy in proxies)
            {
                proxy.Cut();
            }

            Stopwatch healed = Stopwatch.StartNew();
            await Members(devices, count);
            output.WriteLine($"{left}|{right}: one cluster {healed.Elapsed.TotalSeconds:0.00} s after healing");
            Assert.All(devices, device => Assert.False(device.HasExited, device.Output));
            foreach (DeviceProcess device in devices)
            {
                Assert.Equal(before.Ids, (await Answer.Ask(device, s_request)).Ids);
            }
        }
        finally
        {
            foreach (DeviceProcess device in devices)
            {
                await device.DisposeAsync();
            }

            foreach (CuttableProxy proxy in proxies)
            {
                proxy.Dispose();
            }

            Directory.Delete(home, recursive: true);
        }
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
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
