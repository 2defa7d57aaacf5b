using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>What one node may conclude from its view: convergence, the leader, and what a leader does.</summary>
internal static class MembershipRules
{
    /// <summary>Every member that counts has seen this view, and nobody that counts is out of reach.</summary>
    public static bool Converged(Gossip gossip, UniqueAddress self, ImmutableHashSet<UniqueAddress> exitingConfirmed)
    {
        foreach (UniqueAddress node in gossip.TrustedReachability.AllUnreachable)
        {
            if (node.Equals(self) || exitingConfirmed.Contains(node))
                continue;
            if (gossip.Find(node) is { Status: not (MemberStatus.Down or MemberStatus.Exiting) })
                return false;
        }

        return gossip.Members.All(m => m.Status is not (MemberStatus.Up or MemberStatus.Leaving)
            || gossip.Seen.Contains(m.UniqueAddress)
            || exitingConfirmed.Contains(m.UniqueAddress));
    }

    public static UniqueAddress Leader(Gossip gossip, UniqueAddress self) => Leader(gossip, self, gossip.Members);

    public static UniqueAddress RoleLeader(Gossip gossip, UniqueAddress self, string role)
        => Leader(gossip, self, gossip.Members.Where(m => m.HasRole(role)));

    /// <summary>The changes a leader makes at convergence; empty when there is nothing to do.</summary>
    public static LeaderActions AtConvergence(
        Gossip gossip, UniqueAddress self, ImmutableHashSet<UniqueAddress> exitingConfirmed, Func<Gossip, bool> hasEnoughMembers)
    {
        List<Member> changed = [];
        List<Member> removed = [];
        ImmutableHashSet<UniqueAddress> unreachable = gossip.TrustedReachability.AllUnreachable;
        int upNumber = 0;
        bool mayMoveUp = hasEnoughMembers(gossip);
        foreach (Member member in gossip.Members)
        {
            switch (member.Status)
            {
                case MemberStatus.Joining or MemberStatus.WeaklyUp when mayMoveUp:
                    if (upNumber == 0)
                        upNumber = 1 + gossip.Members.Where(m => m.UpNumber != int.MaxValue).Select(m => m.UpNumber).DefaultIfEmpty(0).Max();
                    changed.Add(member.CopyUp(upNumber++));
                    break;
                case MemberStatus.Leaving:
                    changed.Add(member.Copy(MemberStatus.Exiting));
                    break;
                case MemberStatus.Exiting or MemberStatus.Down when exitingConfirmed.Contains(member.UniqueAddress):
                    removed.Add(member);
                    break;
                case MemberStatus.Down or MemberStatus.Exiting when unreachable.Contains(member.UniqueAddress) && !member.UniqueAddress.Equals(self):
                    removed.Add(member);
                    break;
            }
        }

        return new LeaderActions([.. changed], [.. removed]);
    }

    /// <summary>While a member is out of reach nobody can become Up; a joining node may at least be weakly up.</summary>
    public static LeaderActions WithoutConvergence(Gossip gossip, Func<Gossip, bool> hasEnoughMembers)
        => hasEnoughMembers(gossip)
            ? new LeaderActions(
                [.. gossip.Members.Where(m => m.Status == MemberStatus.Joining && gossip.Reachability.IsReachable(m.UniqueAddress)).Select(m => m.Copy(MemberStatus.WeaklyUp))], [])
            : new LeaderActions([], []);

    private static UniqueAddress Leader(Gossip gossip, UniqueAddress self, IEnumerable<Member> candidates)
    {
        Reachability reachability = gossip.TrustedReachability;
        Member best = null;
        foreach (Member member in candidates)
        {
            bool counts = member.Status != MemberStatus.Down
                && (member.UniqueAddress.Equals(self) || reachability.IsReachable(member.UniqueAddress));
            if (counts && (best is null || Rank(member.Status) < Rank(best.Status)
                || (Rank(member.Status) == Rank(best.Status) && Member.AddressOrdering.Compare(member.Address, best.Address) < 0)))
            {
                best = member;
                // Members come in the order of their addresses: nobody after the first that is up can be better.
                if (Rank(member.Status) == 0)
                    break;
            }
        }

        return best?.UniqueAddress;
    }

    private static int Rank(MemberStatus status) => status switch
    {
        MemberStatus.Up or MemberStatus.Leaving => 0,
        MemberStatus.Exiting => 1,
        MemberStatus.WeaklyUp => 2,
        MemberStatus.Joining => 3,
        _ => 4,
    };
}
