using Akka.Actor;

namespace Akka.Cluster.Membership;

/// <summary>What one node may change in its view: each returns the changed view, or null when there is nothing to change.</summary>
internal static class MembershipChanges
{
    /// <summary>A node asks to join. An older incarnation at its address cannot be alive any more: it is downed first, and the node asks again.</summary>
    public static Gossip Join(Gossip view, UniqueAddress self, Member joining)
    {
        Member known = MemberAt(view, joining.Address);
        if (known is null)
            return view.Update(joining);
        bool isReplaced = !known.UniqueAddress.Equals(joining.UniqueAddress) && known.Status != MemberStatus.Down;
        return isReplaced ? Dead(view, self, known) : null;
    }

    /// <summary>Whether this view lets the node in: not when it, or this node, is on its way out.</summary>
    public static bool Admits(Gossip view, UniqueAddress self, UniqueAddress joining)
        => view.Find(self) is { Status: not (MemberStatus.Down or MemberStatus.Exiting) } && !view.Tombstones.ContainsKey(joining);

    public static Gossip Leave(Gossip view, Address address)
        => MemberAt(view, address) is { Status: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up } member
            ? view.Update(member.Copy(MemberStatus.Leaving))
            : null;

    public static Gossip Down(Gossip view, Address address)
        => MemberAt(view, address) is { Status: not MemberStatus.Down } member ? view.Update(member.Copy(MemberStatus.Down)) : null;

    /// <summary>The heartbeats of a member have stopped, or come again.</summary>
    public static Gossip Observed(Gossip view, UniqueAddress self, Address address, bool isAvailable)
    {
        if (MemberAt(view, address)?.UniqueAddress is not { } node || node.Equals(self) || view.Reachability.IsReachable(self, node) == isAvailable)
            return null;
        return view with { Reachability = isAvailable ? view.Reachability.Reachable(self, node) : view.Reachability.Unreachable(self, node) };
    }

    /// <summary>A member has certainly ended.</summary>
    public static Gossip Died(Gossip view, UniqueAddress self, UniqueAddress node, bool isDowned)
    {
        if (node.Equals(self) || view.Find(node) is not { } member)
            return null;

        // One that was on its way out has ended as it should: it is removed as Exiting.
        if (isDowned && member.Status is not (MemberStatus.Down or MemberStatus.Exiting))
            return Dead(view, self, member);
        return view.Reachability.IsReachable(self, node) ? view with { Reachability = view.Reachability.Unreachable(self, node) } : null;
    }

    public static Member MemberAt(Gossip view, Address address)
    {
        foreach (Member member in view.Members)
        {
            if (member.Address.Equals(address))
                return member;
        }

        return null;
    }

    private static Gossip Dead(Gossip view, UniqueAddress self, Member member) => view.Update(member.Copy(MemberStatus.Down)) with
    {
        Reachability = view.Reachability.Unreachable(self, member.UniqueAddress),
    };
}
