using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Tests.Kit;
using Exo.Testing;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>Devices of which each is reached through a proxy only, so that the network between them can be cut, held up and put back.</summary>
internal sealed class ProxiedDevices : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly string _home = Directory.CreateTempSubdirectory("exo-split-").FullName;
    private readonly CuttableProxy[] _proxies;
    private readonly List<DeviceProcess> _devices = [];

    private ProxiedDevices(int count) => _proxies = [.. Enumerable.Range(0, count).Select(_ => new CuttableProxy())];

    public DeviceProcess[] Devices => [.. _devices];

    /// <summary>How long each piece of a stream is held up at most.</summary>
    public TimeSpan Jitter
    {
        set
        {
            foreach (CuttableProxy proxy in _proxies)
            {
                proxy.Jitter = value;
            }
        }
    }

    /// <summary>Starts so many devices one after the other, and waits until they are one cluster and one ring that holds the demo model.</summary>
    /// <param name="count">How many.</param>
    /// <param name="settings">HOCON lines for all of them.</param>
    public static async Task<ProxiedDevices> Start(int count, string settings = "")
    {
        ProxiedDevices cluster = new(count);
        for (int i = 0; i < count; i++)
        {
            CuttableProxy proxy = cluster._proxies[i];
            proxy.Target = FreePort();
            string file = Path.Combine(cluster._home, $"device-{i}.conf");
            await File.WriteAllTextAsync(file, $"akka.remote.dot-netty.tcp.public-port = {proxy.Port}\n{settings}");
            string[] place = i == 0 ? ["--model", "exo-demo", "--stages", count.ToString(CultureInfo.InvariantCulture)] : ["--seed", $"127.0.0.1:{cluster._proxies[0].Port}"];
            DeviceProcess device = DeviceProcess.Start(cluster._home, $"device-{i}", ["--config", file, "--port", proxy.Target.ToString(CultureInfo.InvariantCulture), .. place]);
            cluster._devices.Add(device);
            await device.Ready();
        }

        await ClusterView.ShownBy(cluster.Devices, count, s_patience);
        await Eventually.True(async () => (await cluster._devices[0].Look())?.Stages.Length == count, s_patience, $"a ring of {count}", () => cluster._devices[0].Output);
        return cluster;
    }

    /// <summary>The devices before this one and those from it on hear each other no more.</summary>
    public void Split(int at)
    {
        for (int i = 0; i < _devices.Count; i++)
        {
            Cut(i, [.. Enumerable.Range(0, _devices.Count).Where(other => other < at != i < at)]);
        }
    }

    /// <summary>What these devices call this one with is lost, and what would come back on it.</summary>
    public void Cut(int device, int[] callers) => _proxies[device].Cut([.. callers.Select(caller => _proxies[caller].Port)]);

    public void Heal()
    {
        Jitter = TimeSpan.Zero;
        foreach (CuttableProxy proxy in _proxies)
        {
            proxy.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DeviceProcess device in _devices)
        {
            await device.DisposeAsync();
        }

        foreach (CuttableProxy proxy in _proxies)
        {
            proxy.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
