using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Who wants which cluster events. Belongs to the daemon and is used on its turn only.</summary>
internal sealed class ClusterSubscriptions(IActorContext context)
{
    private readonly Dictionary<IActorRef, ImmutableHashSet<Type>> _subscribers = [];

    public void Add(ClusterProtocol.Subscribe subscribe, ClusterEvent.CurrentClusterState state)
    {
        IActorRef subscriber = subscribe.Subscriber;
        if (subscribe.Mode == ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot)
        {
            subscriber.Tell(state, ActorRefs.NoSender);
        }
        else
        {
            foreach (ClusterEvent.IClusterDomainEvent happened in AsEvents(state))
            {
                if (subscribe.Types.Any(type => type.IsInstanceOfType(happened)))
                    subscriber.Tell(happened, ActorRefs.NoSender);
            }
        }

        if (!_subscribers.ContainsKey(subscriber))
            context.Watch(subscriber);
        _subscribers[subscriber] = _subscribers.GetValueOrDefault(subscriber, []).Union(subscribe.Types);
    }

    /// <summary>Ends one subscription, or all of a subscriber.</summary>
    public void Remove(IActorRef subscriber, Type type = null)
    {
        if (!_subscribers.TryGetValue(subscriber, out ImmutableHashSet<Type> types))
            return;
        types = type is null ? [] : types.Remove(type);
        if (types.IsEmpty)
        {
            _subscribers.Remove(subscriber);
            context.Unwatch(subscriber);
        }
        else
        {
            _subscribers[subscriber] = types;
        }
    }

    public void Publish(IEnumerable<ClusterEvent.IClusterDomainEvent> events)
    {
        foreach (ClusterEvent.IClusterDomainEvent happened in events)
        {
            foreach ((IActorRef subscriber, ImmutableHashSet<Type> types) in _subscribers)
            {
                if (types.Any(type => type.IsInstanceOfType(happened)))
                    subscriber.Tell(happened, ActorRefs.NoSender);
            }
        }
    }

    private static IEnumerable<ClusterEvent.IClusterDomainEvent> AsEvents(ClusterEvent.CurrentClusterState state)
    {
        foreach (Member member in state.Members)
        {
            yield return member.Status switch
            {
                MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
                MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
                MemberStatus.Up => new ClusterEvent.MemberUp(member),
                MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
                MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
                _ => new ClusterEvent.MemberDowned(member),
            };
        }

        foreach (Member member in state.Unreachable)
            yield return new ClusterEvent.UnreachableMember(member);
        if (state.Leader is not null)
            yield return new ClusterEvent.LeaderChanged(state.Leader);
        foreach (string role in state.AllRoles)
            yield return new ClusterEvent.RoleLeaderChanged(role, state.RoleLeader(role));
    }
}
