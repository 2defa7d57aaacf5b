using System.Collections.Immutable;
using Akka.Cluster.Membership;

namespace Akka.Cluster.SBR;

/// <summary>Which nodes go after a partition: pure functions of what this side sees. Every node of a side comes to the same answer.</summary>
internal static class DowningRules
{
    /// <summary>The nodes that must be downed.</summary>
    /// <param name="members">All members, as this side sees them.</param>
    /// <param name="unreachable">Those out of reach of this side.</param>
    /// <param name="indirectlyConnected">Those that some members reach and others do not.</param>
    public static ImmutableHashSet<UniqueAddress> Decide(
        SplitBrainResolverSettings settings,
        IReadOnlyCollection<Member> members,
        ImmutableHashSet<UniqueAddress> unreachable,
        ImmutableHashSet<UniqueAddress> indirectlyConnected)
    {
        // Indirectly connected nodes belong to no side: they go first, and the strategy judges what is left.
        Member[] rest = [.. members.Where(m => !indirectlyConnected.Contains(m.UniqueAddress))];
        bool keepsThisSide = settings.DowningStrategy switch
        {
            SplitBrainResolverSettings.DownAllName => false,
            SplitBrainResolverSettings.StaticQuorumName => KeepsQuorum(settings.StaticQuorumSettings, rest, unreachable),
            SplitBrainResolverSettings.KeepOldestName => KeepsOldest(settings.KeepOldestSettings, rest, unreachable),
            _ => KeepsMajority(settings.KeepMajorityRole, rest, unreachable),
        };
        if (settings.DowningStrategy == SplitBrainResolverSettings.DownAllName)
            return [.. members.Select(m => m.UniqueAddress)];
        bool hasOtherSide = unreachable.Except(indirectlyConnected).Count > 0;
        IEnumerable<UniqueAddress> losers = keepsThisSide
            ? unreachable
            : hasOtherSide || indirectlyConnected.IsEmpty ? members.Select(m => m.UniqueAddress).Where(n => !unreachable.Contains(n)) : [];
        return [.. losers, .. indirectlyConnected];
    }

    /// <summary>
    /// Nodes that some reach and others do not: both ends of an observation whose subject has seen the newest view, so somebody reaches it,
    /// and nodes that are out of reach for one while they report on others.
    /// </summary>
    public static ImmutableHashSet<UniqueAddress> IndirectlyConnected(Gossip view)
    {
        Reachability reachability = view.TrustedReachability;
        if (reachability.IsAllReachable)
            return [];
        IEnumerable<UniqueAddress> seenThough = reachability.Records
            .Where(record => view.Seen.Contains(record.Subject) && view.Find(record.Subject) is { Status: not (MemberStatus.Down or MemberStatus.Exiting) })
            .SelectMany(record => new[] { record.Observer, record.Subject });
        return [.. seenThough, .. reachability.AllObservers.Intersect(reachability.AllUnreachable)];
    }

    private static bool KeepsMajority(string role, Member[] members, ImmutableHashSet<UniqueAddress> unreachable)
    {
        Member[] voters = [.. Voters(role, members)];
        int away = voters.Count(m => unreachable.Contains(m.UniqueAddress));
        int here = voters.Length - away;
        if (here != away)
            return here > away;

        // A tie goes to the side with the lowest address.
        Member lowest = voters.OrderBy(m => m.Address, Member.AddressOrdering).FirstOrDefault();
        return lowest is not null && !unreachable.Contains(lowest.UniqueAddress);
    }

    private static bool KeepsQuorum(StaticQuorumSettings settings, Member[] members, ImmutableHashSet<UniqueAddress> unreachable)
    {
        Member[] voters = [.. Voters(settings.Role, members)];

        // With twice the quorum or more, both sides could have one.
        if (voters.Length > (settings.Size * 2) - 1)
            return false;
        return voters.Count(m => !unreachable.Contains(m.UniqueAddress)) >= settings.Size;
    }

    private static bool KeepsOldest(KeepOldestSettings settings, Member[] members, ImmutableHashSet<UniqueAddress> unreachable)
    {
        Member[] voters = [.. Voters(settings.Role, members).OrderBy(m => m, Member.AgeOrdering)];
        if (voters.Length == 0)
            return false;
        bool isOldestHere = !unreachable.Contains(voters[0].UniqueAddress);
        if (!settings.DownIfAlone || voters.Length == 1)
            return isOldestHere;
        int here = voters.Count(m => !unreachable.Contains(m.UniqueAddress));
        int away = voters.Length - here;
        return isOldestHere ? here > 1 || away == 0 : away == 1;
    }

    /// <summary>Joining and weakly up members have no vote: the sides may not agree on them.</summary>
    private static IEnumerable<Member> Voters(string role, Member[] members)
        => members.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting && (role is null || m.HasRole(role)));
}
