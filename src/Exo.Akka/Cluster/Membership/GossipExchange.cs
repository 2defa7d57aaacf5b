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
