using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>One view of the membership: who is in which state, who cannot reach whom, and who has seen this view.</summary>
internal sealed record Gossip
{
    public static readonly Gossip Empty = new();
    private Trust _trusted;

    public ImmutableSortedSet<Member> Members { get; init; } = [];

    /// <summary>The members that have seen exactly this version.</summary>
    public ImmutableHashSet<UniqueAddress> Seen { get; init; } = [];

    /// <summary>The same for the same readers, in any order; different for others but once in four thousand million.</summary>
    public int SeenDigest
    {
        get
        {
            int digest = 0;
            foreach (UniqueAddress node in Seen)
            {
                // Multiplied and mixed, so that sums of neighbouring numbers do not meet.
                uint mixed = (uint)node.Uid * 0x9E3779B1;
                digest += (int)((mixed ^ (mixed >> 15)) * 0x85EBCA77);
            }

            return digest;
        }
    }

    public Reachability Reachability { get; init; } = Reachability.Empty;

    public VectorClock Version { get; init; } = VectorClock.Empty;

    /// <summary>Removed incarnations with the time of removal (Unix seconds): a late view must not bring them back.</summary>
    public ImmutableDictionary<UniqueAddress, long> Tombstones { get; init; } = ImmutableDictionary<UniqueAddress, long>.Empty;

    /// <summary>Observations by members that are down do not count: they saw the other side of a partition.</summary>
    public Reachability TrustedReachability
    {
        get
        {
            // A copy with other members or observations takes the field along, so it says what it was worked out from.
            if (_trusted is not { } known || known.Members != Members || known.Of != Reachability)
                _trusted = known = new Trust(Members, Reachability, Reachability.WithoutObservers([.. Members.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress)]));
            return known.Trusted;
        }
    }

    public bool HasMember(UniqueAddress node) => Find(node) is not null;

    public Member Find(UniqueAddress node)
    {
        foreach (Member member in Members)
        {
            if (member.UniqueAddress.Equals(node))
                return member;
        }

        return null;
    }

    public Gossip Increment(UniqueAddress node) => this with { Version = Version.Increment(node) };

    public Gossip MarkSeen(UniqueAddress node) => Seen.Contains(node) ? this : this with { Seen = Seen.Add(node) };

    public Gossip OnlySeen(UniqueAddress node) => this with { Seen = [node] };

    public Gossip MergeSeen(Gossip other) => this with { Seen = Seen.Union(other.Seen) };

    /// <summary>Replaces members that are in the view and adds those that are not.</summary>
    public Gossip Update(params IEnumerable<Member> changed)
    {
        ImmutableSortedSet<Member>.Builder members = Members.ToBuilder();
        foreach (Member member in changed)
        {
            // Equality ignores the status, so the old state has to go first.
            members.Remove(member);
            members.Add(member);
        }

        return this with { Members = members.ToImmutable() };
    }

    public Gossip Remove(IReadOnlyCollection<UniqueAddress> nodes, long unixSeconds)
    {
        Gossip result = this with
        {
            Members = Members.Except(Members.Where(m => nodes.Contains(m.UniqueAddress))),
            Reachability = Reachability.Remove(nodes),
            Seen = Seen.Except(nodes),
            Tombstones = Tombstones.SetItems(nodes.Select(node => KeyValuePair.Create(node, unixSeconds))),
        };
        foreach (UniqueAddress node in nodes)
            result = result with { Version = result.Version.Prune(node) };
        return result;
    }

    public Gossip PruneTombstones(long olderThanUnixSeconds)
        => Tombstones.Values.Any(at => at < olderThanUnixSeconds)
            ? this with { Tombstones = Tombstones.RemoveRange(Tombstones.Where(t => t.Value < olderThanUnixSeconds).Select(t => t.Key)) }
            : this;

    /// <summary>The view that follows from two views of which neither came after the other. Nobody has seen it yet.</summary>
    public Gossip Merge(Gossip other)
    {
        ImmutableDictionary<UniqueAddress, long> tombstones = Tombstones.SetItems(
            other.Tombstones.Where(theirs => theirs.Value > Tombstones.GetValueOrDefault(theirs.Key, long.MinValue)));
        bool hasSameMembers = ReferenceEquals(Members, other.Members) && tombstones.IsEmpty;
        ImmutableSortedSet<Member> members = hasSameMembers ? Members : MergeMembers(other.Members, tombstones);
        VectorClock version = Version.Merge(other.Version);
        foreach (UniqueAddress removed in tombstones.Keys)
            version = version.Prune(removed);
        return new Gossip
        {
            Members = members,
            Reachability = Reachability.Merge(hasSameMembers ? null : members.Select(member => member.UniqueAddress).ToHashSet(), other.Reachability),
            Version = version,
            Tombstones = tombstones,
        };
    }

    /// <summary>Keeps this view's set where it can: mostly the other one differs in a member or two.</summary>
    private ImmutableSortedSet<Member> MergeMembers(ImmutableSortedSet<Member> others, ImmutableDictionary<UniqueAddress, long> tombstones)
    {
        ImmutableSortedSet<Member>.Builder merged = Members.ToBuilder();
        Dictionary<UniqueAddress, Member> mine = new(Members.Count);
        foreach (Member member in Members)
        {
            if (tombstones.ContainsKey(member.UniqueAddress))
                merged.Remove(member);
            mine.Add(member.UniqueAddress, member);
        }

        foreach (Member theirs in others)
        {
            if (tombstones.ContainsKey(theirs.UniqueAddress))
                continue;
            bool isKnown = mine.TryGetValue(theirs.UniqueAddress, out Member known);
            if (isKnown && (ReferenceEquals(known, theirs) || (known.Status == theirs.Status && known.UpNumber == theirs.UpNumber) || Member.HighestPriorityOf(known, theirs) == known))
                continue;
            if (isKnown)
                merged.Remove(known);
            merged.Add(theirs);
        }

        return merged.ToImmutable();
    }

    private sealed record Trust(ImmutableSortedSet<Member> Members, Reachability Of, Reachability Trusted);
}
