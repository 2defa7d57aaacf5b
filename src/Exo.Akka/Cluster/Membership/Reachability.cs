using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>Who cannot reach whom. Absence of a record means reachable.</summary>
/// <remarks>Each observer numbers its own observations; a merge takes, per observer, the rows with the higher number.</remarks>
internal sealed class Reachability
{
    public static readonly Reachability Empty = new(
        ImmutableDictionary<UniqueAddress, ImmutableHashSet<UniqueAddress>>.Empty, ImmutableDictionary<UniqueAddress, long>.Empty);

    private readonly ImmutableDictionary<UniqueAddress, ImmutableHashSet<UniqueAddress>> _unreachableByObserver;

    public Reachability(
        ImmutableDictionary<UniqueAddress, ImmutableHashSet<UniqueAddress>> unreachableByObserver,
        ImmutableDictionary<UniqueAddress, long> versions)
    {
        _unreachableByObserver = unreachableByObserver;
        Versions = versions;
    }

    public ImmutableDictionary<UniqueAddress, long> Versions { get; }

    /// <summary>Pairs of observer and the subject that it cannot reach.</summary>
    public IEnumerable<(UniqueAddress Observer, UniqueAddress Subject)> Records
        => _unreachableByObserver.SelectMany(row => row.Value.Select(subject => (row.Key, subject)));

    public ImmutableHashSet<UniqueAddress> AllUnreachable => [.. _unreachableByObserver.Values.SelectMany(subjects => subjects)];

    public ImmutableHashSet<UniqueAddress> AllObservers => [.. _unreachableByObserver.Keys];

    public bool IsAllReachable => _unreachableByObserver.IsEmpty;

    public ImmutableHashSet<UniqueAddress> UnreachableFrom(UniqueAddress observer)
        => _unreachableByObserver.GetValueOrDefault(observer, []);

    public bool IsReachable(UniqueAddress subject) => !_unreachableByObserver.Values.Any(subjects => subjects.Contains(subject));

    public bool IsReachable(UniqueAddress observer, UniqueAddress subject) => !UnreachableFrom(observer).Contains(subject);

    public Reachability Unreachable(UniqueAddress observer, UniqueAddress subject)
        => Change(observer, UnreachableFrom(observer).Add(subject));

    public Reachability Reachable(UniqueAddress observer, UniqueAddress subject)
        => Change(observer, UnreachableFrom(observer).Remove(subject));

    public Reachability Remove(IEnumerable<UniqueAddress> nodes)
    {
        HashSet<UniqueAddress> gone = [.. nodes];
        ImmutableDictionary<UniqueAddress, ImmutableHashSet<UniqueAddress>>.Builder rows = ImmutableDictionary.CreateBuilder<UniqueAddress, ImmutableHashSet<UniqueAddress>>();
        foreach ((UniqueAddress observer, ImmutableHashSet<UniqueAddress> subjects) in _unreachableByObserver)
        {
            ImmutableHashSet<UniqueAddress> kept = subjects.Except(gone);
            if (!gone.Contains(observer) && !kept.IsEmpty)
                rows.Add(observer, kept);
        }

        return new Reachability(rows.ToImmutable(), Versions.RemoveRange(gone));
    }

    public Reachability WithoutObservers(ImmutableHashSet<UniqueAddress> observers)
        => observers.IsEmpty ? this : new Reachability(_unreachableByObserver.RemoveRange(observers), Versions.RemoveRange(observers));

    public Reachability Merge(ImmutableHashSet<UniqueAddress> allowed, Reachability other)
    {
        ImmutableDictionary<UniqueAddress, ImmutableHashSet<UniqueAddress>>.Builder rows = ImmutableDictionary.CreateBuilder<UniqueAddress, ImmutableHashSet<UniqueAddress>>();
        ImmutableDictionary<UniqueAddress, long>.Builder versions = ImmutableDictionary.CreateBuilder<UniqueAddress, long>();
        foreach (UniqueAddress observer in allowed)
        {
            long mine = Versions.GetValueOrDefault(observer);
            long theirs = other.Versions.GetValueOrDefault(observer);
            if (Math.Max(mine, theirs) > 0)
                versions[observer] = Math.Max(mine, theirs);
            ImmutableHashSet<UniqueAddress> subjects = (theirs > mine ? other : this).UnreachableFrom(observer).Intersect(allowed);
            if (!subjects.IsEmpty)
                rows[observer] = subjects;
        }

        return new Reachability(rows.ToImmutable(), versions.ToImmutable());
    }

    private Reachability Change(UniqueAddress observer, ImmutableHashSet<UniqueAddress> subjects)
    {
        if (subjects.SetEquals(UnreachableFrom(observer)))
            return this;
        return new Reachability(
            subjects.IsEmpty ? _unreachableByObserver.Remove(observer) : _unreachableByObserver.SetItem(observer, subjects),
            Versions.SetItem(observer, Versions.GetValueOrDefault(observer) + 1));
    }
}
