using System.Collections.Immutable;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>
/// Which node has which registrations, as far as this node knows. Every node counts the changes of its own ones; knowing a node up to a
/// version means knowing all that it had then, so two nodes agree by exchanging versions and then only what is missing.
/// </summary>
internal sealed class PubSubRegistry
{
    private readonly UniqueAddress _self;
    private readonly ImmutableDictionary<UniqueAddress, Bucket> _buckets;
    private readonly Lazy<ILookup<string, (string Group, UniqueAddress Node)>> _groups;

    private PubSubRegistry(UniqueAddress self, ImmutableDictionary<UniqueAddress, Bucket> buckets)
    {
        _self = self;
        _buckets = buckets;
        _groups = new Lazy<ILookup<string, (string, UniqueAddress)>>(
            () => (from bucket in buckets
                   from entry in bucket.Value.Entries
                   where entry.Value.IsThere && entry.Key.Kind == RegistrationKind.Group
                   select (Topic: entry.Key.Name, entry.Key.Group, Node: bucket.Key)).ToLookup(found => found.Topic, found => (found.Group, found.Node)));
    }

    public ImmutableDictionary<UniqueAddress, long> Versions => _buckets.ToImmutableDictionary(bucket => bucket.Key, bucket => bucket.Value.Version);

    public IEnumerable<string> Topics
        => _buckets.Values.SelectMany(bucket => bucket.Entries).Where(entry => entry.Value.IsThere && entry.Key.Kind != RegistrationKind.Path).Select(entry => entry.Key.Name);

    public static PubSubRegistry Of(UniqueAddress self) => new(self, ImmutableDictionary<UniqueAddress, Bucket>.Empty.Add(self, Bucket.Empty));

    public IEnumerable<UniqueAddress> NodesWith(Registration registration)
        => _buckets.Where(bucket => bucket.Value.Entries.TryGetValue(registration, out RegistrationState state) && state.IsThere).Select(bucket => bucket.Key);

    /// <summary>Group → the nodes that have one of it.</summary>
    public IEnumerable<IGrouping<string, UniqueAddress>> Groups(string topic) => _groups.Value[topic].GroupBy(found => found.Group, found => found.Node);

    /// <summary>A registration of this node begins or ends.</summary>
    public PubSubRegistry Set(Registration registration, bool isThere, TimeSpan now)
    {
        Bucket own = _buckets[_self];
        if ((own.Entries.TryGetValue(registration, out RegistrationState state) && state.IsThere) == isThere)
            return this;
        long version = own.Version + 1;
        return With(_self, new Bucket(version, own.Entries.SetItem(registration, new RegistrationState(version, isThere, now))));
    }

    /// <summary>What somebody who knows that much is missing; at most so many changes, the oldest of each node first.</summary>
    public ImmutableArray<PubSubProtocol.Part> MissingIn(IReadOnlyDictionary<UniqueAddress, long> known, int max)
    {
        ImmutableArray<PubSubProtocol.Part>.Builder parts = ImmutableArray.CreateBuilder<PubSubProtocol.Part>();
        foreach ((UniqueAddress owner, Bucket bucket) in _buckets)
        {
            long after = known.GetValueOrDefault(owner, 0);
            if (bucket.Version <= after || max == 0)
                continue;
            ImmutableArray<PubSubProtocol.Change> changes = [.. bucket.Entries
                .Where(entry => entry.Value.Version > after)
                .OrderBy(entry => entry.Value.Version)
                .Select(entry => new PubSubProtocol.Change(entry.Key, entry.Value.Version, entry.Value.IsThere))
                .Take(max + 1)];
            bool isCut = changes.Length > max;
            if (isCut)
                changes = changes[..max];
            max -= changes.Length;
            parts.Add(new PubSubProtocol.Part(owner, after, isCut ? changes[^1].Version : bucket.Version, changes));
        }

        return parts.ToImmutable();
    }

    /// <summary>Takes in what another node told; parts of strangers, of this node itself, and those with a gap before them are left out.</summary>
    public PubSubRegistry Apply(IEnumerable<PubSubProtocol.Part> parts, Func<UniqueAddress, bool> isMember, TimeSpan now)
    {
        PubSubRegistry result = this;
        foreach (PubSubProtocol.Part part in parts)
        {
            Bucket bucket = result._buckets.GetValueOrDefault(part.Owner, Bucket.Empty);
            if (part.Owner.Equals(_self) || !isMember(part.Owner) || part.After > bucket.Version || part.UpTo <= bucket.Version)
                continue;
            ImmutableDictionary<Registration, RegistrationState>.Builder entries = bucket.Entries.ToBuilder();
            foreach (PubSubProtocol.Change change in part.Changes)
            {
                if (change.Version > bucket.Version)
                    entries[change.Registration] = new RegistrationState(change.Version, change.IsThere, now);
            }

            result = result.With(part.Owner, new Bucket(part.UpTo, entries.ToImmutable()));
        }

        return result;
    }

    public PubSubRegistry Forget(UniqueAddress node) => node.Equals(_self) ? this : new PubSubRegistry(_self, _buckets.Remove(node));

    /// <summary>Forgets registrations that ended before a moment.</summary>
    public PubSubRegistry Prune(TimeSpan endedBefore)
    {
        PubSubRegistry result = this;
        foreach ((UniqueAddress owner, Bucket bucket) in _buckets)
        {
            Registration[] old = [.. bucket.Entries.Where(entry => !entry.Value.IsThere && entry.Value.Since < endedBefore).Select(entry => entry.Key)];
            if (old.Length > 0)
                result = result.With(owner, bucket with { Entries = bucket.Entries.RemoveRange(old) });
        }

        return result;
    }

    private PubSubRegistry With(UniqueAddress owner, Bucket bucket) => new(_self, _buckets.SetItem(owner, bucket));

    private sealed record Bucket(long Version, ImmutableDictionary<Registration, RegistrationState> Entries)
    {
        public static readonly Bucket Empty = new(0, ImmutableDictionary<Registration, RegistrationState>.Empty);
    }
}
