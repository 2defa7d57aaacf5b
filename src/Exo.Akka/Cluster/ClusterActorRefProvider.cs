using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>The remote provider of a system that is, or may become, a cluster member.</summary>
internal sealed class ClusterActorRefProvider : RemoteActorRefProvider
{
    private Cluster _cluster;

    public ClusterActorRefProvider(string systemName, Settings settings, EventStream eventStream)
        : base(systemName, settings, eventStream)
    {
        settings.InjectTopLevelFallback(ClusterConfigFactory.Default());
        settings.InjectTopLevelFallback(DistributedPubSub.DefaultConfig());
    }

    public override bool IsClusterMember(Address address) => _cluster?.State.Members.Any(m => m.Address.Equals(address)) ?? false;

    public override void Init(ActorSystemImpl system)
    {
        base.Init(system);
        _cluster = Cluster.Get(system);
    }
}
