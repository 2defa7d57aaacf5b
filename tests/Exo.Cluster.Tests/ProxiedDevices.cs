using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Tests.Remote;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>Devices of which each is reached through a proxy only, so that the network between them can be cut, held up and put back.</summary>
internal sealed class ProxiedDevices : IAsyncDisposable
{
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

    public static async Task<ProxiedDevices> Start(int count)
    {
        ProxiedDevices cluster = new(count);
        for (int i = 0; i < count; i++)
        {
            CuttableProxy proxy = cluster._proxies[i];
            proxy.Target = FreePort();
            string file = Path.Combine(cluster._home, $"device-{i}.conf");
            await File.WriteAllTextAsync(file, $"akka.remote.dot-netty.tcp.public-port = {proxy.Port}");
            string[] place = i == 0 ? ["--model", "exo-demo"] : ["--seed", $"127.0.0.1:{cluster._proxies[0].Port}"];
            DeviceProcess device = DeviceProcess.Start(cluster._home, $"device-{i}", ["--config", file, "--port", proxy.Target.ToString(CultureInfo.InvariantCulture), .. place]);
            cluster._devices.Add(device);
            await device.Ready();
        }

        return cluster;
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
