using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Util;

namespace Akka.Cluster;

/// <summary>What cluster daemons say to each other, and what is said to the own one.</summary>
internal static class ClusterProtocol
{
    /// <summary>Goes between nodes.</summary>
    public interface IRemote
    {
    }

    /// <summary>Is there a cluster that I may join?</summary>
    public sealed record InitJoin : IRemote;

    public sealed record InitJoinAck(Address From) : IRemote;

    public sealed record InitJoinNack(Address From) : IRemote;

    public sealed record Join(UniqueAddress Node, ImmutableHashSet<string> Roles, AppVersion AppVersion) : IRemote;

    public sealed record Welcome(UniqueAddress From, Gossip Gossip) : IRemote;

    public sealed record Leave(Address Address) : IRemote;

    public sealed record Down(Address Address) : IRemote;

    public sealed record GossipEnvelope(UniqueAddress From, UniqueAddress To, Gossip Gossip) : IRemote;

    public sealed record GossipStatus(UniqueAddress From, VectorClock Version, int SeenDigest) : IRemote;

    public sealed record ExitingConfirmed(UniqueAddress Node) : IRemote;

    public sealed record JoinTo(Address Address) : INoSerializationVerificationNeeded;

    public sealed record JoinSeeds(ImmutableList<Address> Seeds) : INoSerializationVerificationNeeded;

    public sealed record Subscribe(
        IActorRef Subscriber, ClusterEvent.SubscriptionInitialStateMode Mode, ImmutableHashSet<Type> Types) : INoSerializationVerificationNeeded;

    public sealed record Unsubscribe(IActorRef Subscriber, Type Type) : INoSerializationVerificationNeeded;

    public sealed record SendState(IActorRef Receiver) : INoSerializationVerificationNeeded;

    public sealed record WhenUp(Action Callback) : INoSerializationVerificationNeeded;

    public sealed record Observed(Address Address, bool IsAvailable) : INoSerializationVerificationNeeded;

    public sealed record Died(Address Address, int? Uid) : INoSerializationVerificationNeeded;

    /// <summary>The phases of coordinated shutdown have come to the leave; answered with Done when the node is exiting or gone.</summary>
    public sealed record LeaveSelf : INoSerializationVerificationNeeded;

    /// <summary>Tell the others that this node is about to end.</summary>
    public sealed record ConfirmExiting : INoSerializationVerificationNeeded;

    public sealed record GossipTick : INoSerializationVerificationNeeded;

    public sealed record LeaderTick : INoSerializationVerificationNeeded;

    public sealed record JoinTick : INoSerializationVerificationNeeded;
}
