using System.Collections.Immutable;

namespace Akka.Cluster.Membership;

/// <summary>One view of the membership: who is in which state, who cannot reach whom, and who has seen this view.</summary>
internal sealed record Gossip
{
    public static readonly Gossip Empty = new();

    public ImmutableSortedSet<Member> Members { get; init; } = [];

    /// <summary>The members that have seen exactly this version.</summary>
    public ImmutableHashSet<UniqueAddress> Seen { get; init; } = [];

    public Reachability Reachability { get; init; } = Reachability.Empty;

    public VectorClock Version { get; init; } = VectorClock.Empty;

    /// <summary>Removed incarnations with the time of removal (Unix seconds): a late view must not bring them back.</summary>
    public ImmutableDictionary<UniqueAddress, long> Tombstones { get; init; } = ImmutableDictionary<UniqueAddress, long>.Empty;

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
        ImmutableDictionary<UniqueAddress, long> tombstones = Tombstones.SetItems(other.Tombstones);
        Dictionary<UniqueAddress, Member> members = [];
        foreach (Member member in Members.Concat(other.Members))
        {
            if (tombstones.ContainsKey(member.UniqueAddress))
                continue;
            members[member.UniqueAddress] = members.TryGetValue(member.UniqueAddress, out Member known)
                ? Member.HighestPriorityOf(known, member)
                : member;
        }

        VectorClock version = Version.Merge(other.Version);
        foreach (UniqueAddress removed in tombstones.Keys)
            version = version.Prune(removed);
        return new Gossip
        {
            Members = [.. members.Values],
            Reachability = Reachability.Merge([.. members.Keys], other.Reachability),
            Version = version,
            Tombstones = tombstones,
        };
    }
}
