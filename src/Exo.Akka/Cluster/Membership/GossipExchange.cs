namespace Akka.Cluster.Membership;

/// <summary>What becomes of this node's view when another one's comes in.</summary>
/// <param name="View">The view from now on; this node has seen it.</param>
/// <param name="IsNews">It differs from the one before in more than who has seen it.</param>
/// <param name="Reply">What the others must hear.</param>
internal sealed record GossipExchange(Gossip View, bool IsNews, GossipExchange.Answer Reply)
{
    public enum Answer
    {
        None,
        Sender,
        Everyone,
    }

    /// <summary>What to do after another node has told which view it has, but not the view.</summary>
    public enum Next
    {
        Nothing,
        AskForTheirs,
        TellMine,
    }

    /// <summary>
    /// Of the same view the nodes may still know different readers. Were that not told on, a node could wait for ever for the word of one that it
    /// cannot hear, although all others have that word and take it that everybody does.
    /// </summary>
    public static Next Compare(Gossip mine, VectorClock theirs, int theirSeenDigest) => theirs.CompareTo(mine.Version) switch
    {
        VectorClock.Ordering.Same => theirSeenDigest == mine.SeenDigest ? Next.Nothing : Next.TellMine,
        VectorClock.Ordering.After => Next.AskForTheirs,
        _ => Next.TellMine,
    };

    public static GossipExchange Receive(Gossip mine, Gossip theirs, UniqueAddress self)
    {
        VectorClock.Ordering order = theirs.Version.CompareTo(mine.Version);
        Gossip winner = order switch
        {
            VectorClock.Ordering.Same => mine.MergeSeen(theirs),
            VectorClock.Ordering.Before => mine,
            VectorClock.Ordering.After => theirs,
            _ => theirs.Merge(mine),
        };
        Answer reply = order == VectorClock.Ordering.Concurrent ? Answer.Everyone
            : order == VectorClock.Ordering.Before || !theirs.Seen.Contains(self) ? Answer.Sender
            : Answer.None;
        return new GossipExchange(winner.MarkSeen(self), order is VectorClock.Ordering.After or VectorClock.Ordering.Concurrent, reply);
    }
}
