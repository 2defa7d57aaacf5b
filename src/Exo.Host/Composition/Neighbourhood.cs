using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Host.Composition;

/// <summary>A device's place on its network: finds the cluster that it should join, and tells of it for as long as it lives.</summary>
internal sealed class Neighbourhood : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_report = TimeSpan.FromSeconds(1);
    private readonly LocalNetwork _network;
    private readonly DateTimeOffset _since;
    private readonly CancellationTokenSource _ending = new();
    private Task _reporting = Task.CompletedTask;

    private Neighbourhood(LocalNetwork network, DateTimeOffset since)
    {
        _network = network;
        _since = since;
    }

    /// <summary>Its id changes when somebody has its name.</summary>
    private Advertisement Self => _network.Self!;

    /// <summary>Announces a device that looks for a cluster; null where its address is a name or the network cannot be heard.</summary>
    /// <param name="options">With the port that the device will have.</param>
    /// <param name="since">When its process began: the age by which the oldest of several clusters is known.</param>
    /// <param name="warn">Takes the reason why nothing can be heard.</param>
    public static Neighbourhood? Enter(DeviceOptions options, DateTimeOffset since, Action<string> warn)
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

        Advertisement self = new(Advertisement.NewId(), options.Name ?? Environment.MachineName, address, options.Cluster.Port, Advertisement.MarkOf(options.ClusterKey), DeviceHost.Version, Since: 0);
        network.Announce(self);
        return new Neighbourhood(network, since);
    }

    /// <summary>The addresses to join by; empty: nobody is there, form a cluster.</summary>
    public async Task<ImmutableArray<string>> FindAsync(CancellationToken ct)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Bootstrap.Decide(Self, _network.Devices.Select(heard => heard.Device), Stopwatch.GetElapsedTime(started)) is { } seeds)
            {
                if (seeds.IsEmpty)
                {
                    // Who looks meanwhile waits for this one instead of forming another cluster.
                    Tell();
                }

                return seeds;
            }

            await Task.Delay(s_look, ct);
        }
    }

    /// <summary>From now on others may join by this device, and it hears of those that formed a cluster apart.</summary>
    /// <param name="report">Takes the addresses of all members of clusters with this device's key, again and again.</param>
    public void Join(Action<ImmutableArray<string>> report)
    {
        Tell();
        _reporting = ReportAsync(report);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _reporting;
        await _network.DisposeAsync();
        _ending.Dispose();
    }

    private void Tell() => _network.Announce(Self with { Since = _since.ToUnixTimeMilliseconds() });

    private async Task ReportAsync(Action<ImmutableArray<string>> report)
    {
        using PeriodicTimer timer = new(s_report);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                report([.. _network.Devices.Select(heard => heard.Device).Where(device => device.Since > 0 && device.KeyMark == Self.KeyMark && device.IsJoinable).Select(device => device.Seed)]);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return;
        }
    }
}
