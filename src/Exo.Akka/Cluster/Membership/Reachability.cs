using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>Who cannot reach whom. Absence of a record means reachable.</summary>
/// <remarks>Each observer numbers its own observations; a merge takes, per observer, the rows with the higher number.</remarks>
internal sealed class Reachability
{
    public static readonly Reachability Empty = new(
        ImmutableDictionary<UniqueAddress, ImmutableArray<UniqueAddress>>.Empty, ImmutableDictionary<UniqueAddress, long>.Empty);

    private readonly ImmutableDictionary<UniqueAddress, ImmutableArray<UniqueAddress>> _unreachableByObserver;
    private ImmutableHashSet<UniqueAddress> _allUnreachable;

    public Reachability(
        ImmutableDictionary<UniqueAddress, ImmutableArray<UniqueAddress>> unreachableByObserver,
        ImmutableDictionary<UniqueAddress, long> versions)
    {
        _unreachableByObserver = unreachableByObserver;
        Versions = versions;
    }

    public ImmutableDictionary<UniqueAddress, long> Versions { get; }

    /// <summary>Pairs of observer and the subject that it cannot reach.</summary>
    public IEnumerable<(UniqueAddress Observer, UniqueAddress Subject)> Records
        => _unreachableByObserver.SelectMany(row => row.Value.Select(subject => (row.Key, subject)));

    /// <summary>Everybody whom somebody cannot reach; worked out once.</summary>
    public ImmutableHashSet<UniqueAddress> AllUnreachable => _allUnreachable ??= [.. _unreachableByObserver.Values.SelectMany(subjects => subjects).ToHashSet()];

    public ImmutableHashSet<UniqueAddress> AllObservers => [.. _unreachableByObserver.Keys];

    public bool IsAllReachable => _unreachableByObserver.IsEmpty;

    public ImmutableArray<UniqueAddress> UnreachableFrom(UniqueAddress observer) => _unreachableByObserver.GetValueOrDefault(observer, []);

    public bool IsReachable(UniqueAddress subject) => !AllUnreachable.Contains(subject);

    public bool IsReachable(UniqueAddress observer, UniqueAddress subject) => !UnreachableFrom(observer).Contains(subject);

    public Reachability Unreachable(UniqueAddress observer, UniqueAddress subject)
        => IsReachable(observer, subject) ? Change(observer, UnreachableFrom(observer).Add(subject)) : this;

    public Reachability Reachable(UniqueAddress observer, UniqueAddress subject)
        => IsReachable(observer, subject) ? this : Change(observer, UnreachableFrom(observer).Remove(subject));

    public Reachability Remove(IEnumerable<UniqueAddress> nodes)
    {
        HashSet<UniqueAddress> gone = [.. nodes];
        ImmutableDictionary<UniqueAddress, ImmutableArray<UniqueAddress>>.Builder rows = ImmutableDictionary.CreateBuilder<UniqueAddress, ImmutableArray<UniqueAddress>>();
        foreach ((UniqueAddress observer, ImmutableArray<UniqueAddress> subjects) in _unreachableByObserver)
        {
            ImmutableArray<UniqueAddress> kept = subjects.RemoveAll(gone.Contains);
            if (!gone.Contains(observer) && !kept.IsEmpty)
                rows.Add(observer, kept);
        }

        return new Reachability(rows.ToImmutable(), Versions.RemoveRange(gone));
    }

    public Reachability WithoutObservers(ImmutableHashSet<UniqueAddress> observers)
        => observers.IsEmpty || !observers.Overlaps(_unreachableByObserver.Keys) ? this : new Reachability(_unreachableByObserver.RemoveRange(observers), Versions.RemoveRange(observers));

    /// <param name="allowed">The members of the merged view; null: of neither view one was dropped.</param>
    /// <param name="other">The other view's observations.</param>
    public Reachability Merge(IReadOnlySet<UniqueAddress> allowed, Reachability other)
    {
        ImmutableDictionary<UniqueAddress, ImmutableArray<UniqueAddress>>.Builder rows = _unreachableByObserver.ToBuilder();
        ImmutableDictionary<UniqueAddress, long>.Builder versions = Versions.ToBuilder();
        foreach ((UniqueAddress observer, long theirs) in other.Versions)
        {
            if (theirs <= Versions.GetValueOrDefault(observer))
                continue;
            versions[observer] = theirs;
            if (other._unreachableByObserver.TryGetValue(observer, out ImmutableArray<UniqueAddress> subjects))
                rows[observer] = subjects;
            else
                rows.Remove(observer);
        }

        if (allowed is null)
            return new Reachability(rows.ToImmutable(), versions.ToImmutable());
        foreach (UniqueAddress stranger in versions.Keys.Where(observer => !allowed.Contains(observer)).ToArray())
        {
            versions.Remove(stranger);
            rows.Remove(stranger);
        }

        bool hasStrangers = !AllUnreachable.All(allowed.Contains) || !other.AllUnreachable.All(allowed.Contains);
        foreach ((UniqueAddress observer, ImmutableArray<UniqueAddress> subjects) in hasStrangers ? rows.ToArray() : [])
        {
            ImmutableArray<UniqueAddress> known = subjects.RemoveAll(subject => !allowed.Contains(subject));
            if (known.IsEmpty)
                rows.Remove(observer);
            else
                rows[observer] = known;
        }

        return new Reachability(rows.ToImmutable(), versions.ToImmutable());
    }

    private Reachability Change(UniqueAddress observer, ImmutableArray<UniqueAddress> subjects) => new(
        subjects.IsEmpty ? _unreachableByObserver.Remove(observer) : _unreachableByObserver.SetItem(observer, subjects),
        Versions.SetItem(observer, Versions.GetValueOrDefault(observer) + 1));
}
