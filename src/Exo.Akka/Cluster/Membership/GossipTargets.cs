namespace Akka.Cluster.Membership;

/// <summary>Whom a node tells its view.</summary>
internal static class GossipTargets
{
    /// <summary>A change is pushed at once to so many; rounds of gossip carry it to the rest.</summary>
    public const int PushFanOut = 8;

    /// <summary>Whether a push reaches all others at once.</summary>
    public static bool PushReachesAll(Gossip view) => view.Members.Count <= PushFanOut + 1;

    /// <summary>Those who hear of a change at once.</summary>
    public static UniqueAddress[] ForPush(Gossip view, UniqueAddress self, Random random)
    {
        UniqueAddress[] peers = [.. Reachable(view, self)];
        if (peers.Length <= PushFanOut)
            return peers;
        random.Shuffle(peers);

        // Where not all can be told, nobody is told whom others have lost.
        return [.. peers.OrderBy(peer => view.TrustedReachability.IsReachable(peer) ? 0 : 1).Take(PushFanOut)];
    }

    /// <summary>
    /// The one for a round of gossip: mostly somebody who is behind and whom all can reach. The dead are behind for ever, and those they were watched
    /// by know it first: without the second condition most rounds would go to them until they are removed. Null: there is nobody.
    /// </summary>
    public static UniqueAddress ForRound(Gossip view, UniqueAddress self, double probabilityOfBehind, Random random)
    {
        UniqueAddress[] peers = [.. Reachable(view, self)];
        if (peers.Length == 0)
            return null;
        UniqueAddress[] behind = view.Seen.Count >= view.Members.Count
            ? []
            : [.. peers.Where(peer => !view.Seen.Contains(peer) && view.TrustedReachability.IsReachable(peer))];
        UniqueAddress[] candidates = behind.Length > 0 && random.NextDouble() < probabilityOfBehind ? behind : peers;
        return candidates[random.Next(candidates.Length)];
    }

    private static IEnumerable<UniqueAddress> Reachable(Gossip view, UniqueAddress self)
    {
        HashSet<UniqueAddress> unreachable = [.. view.Reachability.UnreachableFrom(self)];
        return view.Members.Select(member => member.UniqueAddress).Where(node => !node.Equals(self) && !unreachable.Contains(node));
    }
}
