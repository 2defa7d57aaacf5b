namespace Akka.Cluster.Membership;

/// <summary>Who has changed the membership how often: tells whether one view came after another.</summary>
internal sealed class VectorClock
{
    public static readonly VectorClock Empty = new([]);

    /// <summary>Any order will do that every clock shares; numbers compare faster than addresses.</summary>
    private static readonly Comparer<UniqueAddress> s_order = Comparer<UniqueAddress>.Create(
        (left, right) => ReferenceEquals(left, right) ? 0 : left.Uid != right.Uid ? left.Uid.CompareTo(right.Uid) : left.CompareTo(right));

    private readonly UniqueAddress[] _nodes;
    private readonly long[] _counts;

    public VectorClock(IEnumerable<KeyValuePair<UniqueAddress, long>> versions)
    {
        KeyValuePair<UniqueAddress, long>[] sorted = [.. versions.OrderBy(version => version.Key, s_order)];
        _nodes = [.. sorted.Select(version => version.Key)];
        _counts = [.. sorted.Select(version => version.Value)];
    }

    private VectorClock(UniqueAddress[] nodes, long[] counts)
    {
        _nodes = nodes;
        _counts = counts;
    }

    public enum Ordering
    {
        Same,
        Before,
        After,
        Concurrent,
    }

    public IReadOnlyCollection<KeyValuePair<UniqueAddress, long>> Versions => [.. _nodes.Zip(_counts, KeyValuePair.Create)];

    public VectorClock Increment(UniqueAddress node)
    {
        int index = Array.BinarySearch(_nodes, node, s_order);
        if (index < 0)
            return new VectorClock([.. _nodes[..~index], node, .. _nodes[~index..]], [.. _counts[..~index], 1, .. _counts[~index..]]);
        long[] counts = [.. _counts];
        counts[index]++;
        return new VectorClock(_nodes, counts);
    }

    public VectorClock Merge(VectorClock other)
    {
        if (ReferenceEquals(this, other))
            return this;
        List<UniqueAddress> nodes = new(_nodes.Length + other._nodes.Length);
        List<long> counts = new(_nodes.Length + other._nodes.Length);
        Walk(other, (node, mine, theirs) =>
        {
            nodes.Add(node);
            counts.Add(Math.Max(mine, theirs));
        });
        return new VectorClock([.. nodes], [.. counts]);
    }

    public VectorClock Prune(UniqueAddress removed)
    {
        int index = Array.BinarySearch(_nodes, removed, s_order);
        return index < 0 ? this : new VectorClock([.. _nodes[..index], .. _nodes[(index + 1)..]], [.. _counts[..index], .. _counts[(index + 1)..]]);
    }

    public Ordering CompareTo(VectorClock other)
    {
        if (ReferenceEquals(this, other))
            return Ordering.Same;
        bool isBehind = false;
        bool isAhead = false;
        Walk(other, (_, mine, theirs) =>
        {
            isBehind |= mine < theirs;
            isAhead |= mine > theirs;
        });
        return (isBehind, isAhead) switch
        {
            (false, false) => Ordering.Same,
            (true, false) => Ordering.Before,
            (false, true) => Ordering.After,
            _ => Ordering.Concurrent,
        };
    }

    /// <summary>Visits the nodes of both clocks in order; a clock that does not know a node counts 0.</summary>
    private void Walk(VectorClock other, Action<UniqueAddress, long, long> visit)
    {
        int i = 0;
        int j = 0;
        while (i < _nodes.Length || j < other._nodes.Length)
        {
            int order = i == _nodes.Length ? 1 : j == other._nodes.Length ? -1 : s_order.Compare(_nodes[i], other._nodes[j]);
            visit(order <= 0 ? _nodes[i] : other._nodes[j], order <= 0 ? _counts[i] : 0, order >= 0 ? other._counts[j] : 0);
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
    }
}
