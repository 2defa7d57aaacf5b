using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Membership;

/// <summary>Turns two successive views of one node into the events its subscribers get, and a view into the state they read.</summary>
internal static class MembershipDiff
{
    public static ClusterEvent.CurrentClusterState State(Gossip gossip, UniqueAddress self)
    {
        ImmutableDictionary<string, Address>.Builder roleLeaders = ImmutableDictionary.CreateBuilder<string, Address>();
        foreach (string role in gossip.Members.SelectMany(m => m.Roles).Distinct())
            roleLeaders.Add(role, MembershipRules.RoleLeader(gossip, self, role)?.Address);
        return new ClusterEvent.CurrentClusterState(
            gossip.Members,
            [.. Unreachable(gossip, self)],
            [.. gossip.Seen.Select(n => n.Address)],
            MembershipRules.Leader(gossip, self)?.Address,
            roleLeaders.ToImmutable());
    }

    public static List<ClusterEvent.IClusterDomainEvent> Events(Gossip before, Gossip after, UniqueAddress self)
    {
        List<ClusterEvent.IClusterDomainEvent> events = [];
        if (ReferenceEquals(before, after))
            return events;
        HashSet<Member> unreachableBefore = [.. Unreachable(before, self)];
        HashSet<Member> unreachableAfter = [.. Unreachable(after, self)];
        events.AddRange(unreachableAfter.Where(m => !unreachableBefore.Contains(m)).Order().Select(m => new ClusterEvent.UnreachableMember(m)));
        events.AddRange(unreachableBefore.Where(m => !unreachableAfter.Contains(m) && after.HasMember(m.UniqueAddress)).Order()
            .Select(m => new ClusterEvent.ReachableMember(after.Find(m.UniqueAddress))));
        AddMemberEvents(before, after, events);
        AddLeaderEvents(before, after, self, events);
        return events;
    }

    public static IEnumerable<Member> Unreachable(Gossip gossip, UniqueAddress self)
    {
        ImmutableHashSet<UniqueAddress> unreachable = gossip.TrustedReachability.AllUnreachable;
        return unreachable.IsEmpty ? [] : gossip.Members.Where(m => !m.UniqueAddress.Equals(self) && unreachable.Contains(m.UniqueAddress));
    }

    private static void AddMemberEvents(Gossip before, Gossip after, List<ClusterEvent.IClusterDomainEvent> events)
    {
        if (ReferenceEquals(before.Members, after.Members))
            return;
        Dictionary<UniqueAddress, Member> known = before.Members.ToDictionary(m => m.UniqueAddress);
        foreach (Member member in after.Members)
        {
            bool isNew = !known.Remove(member.UniqueAddress, out Member old);
            if (isNew || old.Status != member.Status)
                events.Add(EventOf(member));
        }

        foreach (Member gone in known.Values.Order())
            events.Add(new ClusterEvent.MemberRemoved(gone.Copy(MemberStatus.Removed), gone.Status));
    }

    private static void AddLeaderEvents(Gossip before, Gossip after, UniqueAddress self, List<ClusterEvent.IClusterDomainEvent> events)
    {
        foreach (string role in before.Members.Concat(after.Members).SelectMany(m => m.Roles).Distinct().Order(StringComparer.Ordinal))
        {
            Address roleLeader = MembershipRules.RoleLeader(after, self, role)?.Address;
            if (!Equals(MembershipRules.RoleLeader(before, self, role)?.Address, roleLeader))
                events.Add(new ClusterEvent.RoleLeaderChanged(role, roleLeader));
        }

        Address leader = MembershipRules.Leader(after, self)?.Address;
        if (!Equals(MembershipRules.Leader(before, self)?.Address, leader))
            events.Add(new ClusterEvent.LeaderChanged(leader));
    }

    private static ClusterEvent.IClusterDomainEvent EventOf(Member member) => member.Status switch
    {
        MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
        MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
        MemberStatus.Up => new ClusterEvent.MemberUp(member),
        MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
        MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
        MemberStatus.Down => new ClusterEvent.MemberDowned(member),
        _ => throw new InvalidOperationException($"A view holds no member with status {member.Status}: {member}"),
    };
}
