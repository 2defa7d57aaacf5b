using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Exo.Actors.Discovery;

namespace Exo.Host.Composition;

/// <summary>A device's place on its network: finds the cluster that it should join, and tells of it for as long as it lives.</summary>
internal sealed class Neighbourhood : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private readonly LocalNetwork _network;
    private readonly Advertisement _self;

    private Neighbourhood(LocalNetwork network, Advertisement self)
    {
        _network = network;
        _self = self;
    }

    /// <summary>Announces a device that looks for a cluster; null where its address is a name or the network cannot be heard.</summary>
    /// <param name="options">With the port that the device will have.</param>
    /// <param name="warn">Takes the reason why nothing can be heard.</param>
    public static Neighbourhood? Enter(DeviceOptions options, Action<string> warn)
    {
        if (!IPAddress.TryParse(options.Cluster.Host, out IPAddress? address))
        {
            warn($"Devices are not looked for, as --host {options.Cluster.Host} is a name: give an IP address, or --seed.");
            return null;
        }

        LocalNetwork network = LocalNetwork.Open();
        foreach (string problem in network.Problems)
        {
            warn(problem + " Devices that use it are not heard; `exo doctor` tells more.");
        }

        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        Advertisement self = new(id, options.Name ?? Environment.MachineName, address, options.Cluster.Port, Advertisement.MarkOf(options.ClusterKey), DeviceHost.Version, Since: 0);
        network.Announce(self);
        return new Neighbourhood(network, self);
    }

    /// <summary>The addresses to join by; empty: nobody is there, form a cluster.</summary>
    public async Task<ImmutableArray<string>> FindAsync(CancellationToken ct)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Bootstrap.Decide(_self, _network.Devices.Select(heard => heard.Device), Stopwatch.GetElapsedTime(started)) is { } seeds)
            {
                return seeds;
            }

            await Task.Delay(s_look, ct);
        }
    }

    /// <summary>From now on others may join by this device.</summary>
    public void Join(DateTimeOffset since) => _network.Announce(_self with { Since = since.ToUnixTimeMilliseconds() });

    public ValueTask DisposeAsync() => _network.DisposeAsync();
}
