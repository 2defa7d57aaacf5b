using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>What the leader changes in a view: members in their new state, and members that go.</summary>
internal sealed record LeaderActions(ImmutableArray<Member> Changed, ImmutableArray<Member> Removed)
{
    public bool IsEmpty => Changed.IsEmpty && Removed.IsEmpty;

    public Gossip Apply(Gossip gossip, long unixSeconds)
    {
        Gossip changed = Changed.IsEmpty ? gossip : gossip.Update(Changed);
        return Removed.IsEmpty ? changed : changed.Remove([.. Removed.Select(m => m.UniqueAddress)], unixSeconds);
    }
}
