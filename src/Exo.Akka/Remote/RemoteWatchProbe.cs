using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Remote.Heartbeats;

namespace Akka.Remote;

/// <summary>Watches the nodes of watched actors that are no cluster members; one that is silent too long, or dead, is quarantined.</summary>
internal sealed class RemoteWatchProbe : IHeartbeatObserver
{
    private readonly RemoteActorRefProvider _provider;
    private readonly DefaultFailureDetectorRegistry<Address> _detectors;

    public RemoteWatchProbe(ActorSystemImpl system, RemoteActorRefProvider provider)
    {
        _provider = provider;
        Configuration.Config config = system.Settings.Config.GetConfig("akka.remote.watch-failure-detector");
        Interval = config.GetTimeSpan("heartbeat-interval");
        ExpectedResponseAfter = config.GetTimeSpan("expected-response-after");
        _detectors = new DefaultFailureDetectorRegistry<Address>(() => new PhiAccrualFailureDetector(config, system.EventStream));
        provider.Watches.Changed += Update;
    }

    public TimeSpan Interval { get; }

    public TimeSpan ExpectedResponseAfter { get; }

    public DefaultFailureDetectorRegistry<Address> Detectors => _detectors;

    public void AvailabilityChanged(Address address, int? uid, bool isAvailable)
    {
        if (!isAvailable && !_provider.IsClusterMember(address))
            _provider.Transport.Quarantine(address, uid, "it hosts watched actors and is silent");
    }

    public void Died(Address address, int? uid)
    {
        if (!_provider.IsClusterMember(address))
            _provider.Transport.Quarantine(address, uid, "it hosted watched actors and has ended");
    }

    private void Update()
        => _provider.Transport.Heartbeats.SetTargets(this, [.. _provider.Watches.WatchedAddresses.Select(address => new HeartbeatTarget(address, null))]);
}
