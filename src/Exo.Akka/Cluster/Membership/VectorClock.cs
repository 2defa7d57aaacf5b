using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>Who has changed the membership how often: tells whether one view came after another.</summary>
internal sealed class VectorClock
{
    public static readonly VectorClock Empty = new(ImmutableSortedDictionary<UniqueAddress, long>.Empty);

    public VectorClock(ImmutableSortedDictionary<UniqueAddress, long> versions) => Versions = versions;

    public enum Ordering
    {
        Same,
        Before,
        After,
        Concurrent,
    }

    public ImmutableSortedDictionary<UniqueAddress, long> Versions { get; }

    public VectorClock Increment(UniqueAddress node) => new(Versions.SetItem(node, Versions.GetValueOrDefault(node) + 1));

    public VectorClock Merge(VectorClock other)
    {
        ImmutableSortedDictionary<UniqueAddress, long>.Builder merged = Versions.ToBuilder();
        foreach ((UniqueAddress node, long version) in other.Versions)
        {
            if (version > merged.GetValueOrDefault(node))
                merged[node] = version;
        }

        return new VectorClock(merged.ToImmutable());
    }

    public VectorClock Prune(UniqueAddress removed) => Versions.ContainsKey(removed) ? new VectorClock(Versions.Remove(removed)) : this;

    public Ordering CompareTo(VectorClock other)
    {
        if (ReferenceEquals(this, other))
            return Ordering.Same;
        bool isBehind = false;
        bool isAhead = false;
        foreach ((UniqueAddress node, long version) in Versions)
        {
            long theirs = other.Versions.GetValueOrDefault(node);
            isBehind |= version < theirs;
            isAhead |= version > theirs;
        }

        foreach ((UniqueAddress node, long version) in other.Versions)
            isBehind |= version > Versions.GetValueOrDefault(node);
        return (isBehind, isAhead) switch
        {
            (false, false) => Ordering.Same,
            (true, false) => Ordering.Before,
            (false, true) => Ordering.After,
            _ => Ordering.Concurrent,
        };
    }
}
