using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Remote.Transport;
using Akka.Util;

namespace Akka.Cluster.Serialization;

/// <summary>Wire form of a view: a table of nodes first, then everything by its number in that table.</summary>
internal static class GossipCodec
{
    /// <summary>More members than any ring; a larger number is a broken or hostile message.</summary>
    private const uint MaxCount = 100_000;

    public static void Write(FrameBuffer buffer, UniqueAddress node)
    {
        buffer.WriteText(node.Address.ToString());
        buffer.WriteInt32(node.Uid);
    }

    public static void Write(FrameBuffer buffer, ImmutableHashSet<string> roles)
    {
        buffer.WriteVarint((uint)roles.Count);
        foreach (string role in roles)
            buffer.WriteText(role);
    }

    public static void Write(FrameBuffer buffer, VectorClock version)
    {
        IReadOnlyCollection<KeyValuePair<UniqueAddress, long>> versions = version.Versions;
        buffer.WriteVarint((uint)versions.Count);
        foreach ((UniqueAddress node, long count) in versions)
        {
            Write(buffer, node);
            buffer.WriteInt64(count);
        }
    }

    public static void Write(FrameBuffer buffer, Gossip gossip)
    {
        Dictionary<UniqueAddress, uint> numbers = [];
        List<UniqueAddress> nodes = [];
        IReadOnlyCollection<KeyValuePair<UniqueAddress, long>> versions = gossip.Version.Versions;
        foreach (UniqueAddress node in gossip.Members.Select(m => m.UniqueAddress)
            .Concat(gossip.Seen).Concat(versions.Select(v => v.Key)).Concat(gossip.Tombstones.Keys)
            .Concat(gossip.Reachability.Records.SelectMany(r => new[] { r.Observer, r.Subject })).Concat(gossip.Reachability.Versions.Keys))
        {
            if (numbers.TryAdd(node, (uint)nodes.Count))
                nodes.Add(node);
        }

        buffer.WriteVarint((uint)nodes.Count);
        foreach (UniqueAddress node in nodes)
            Write(buffer, node);
        buffer.WriteVarint((uint)gossip.Members.Count);
        foreach (Member member in gossip.Members)
        {
            buffer.WriteVarint(numbers[member.UniqueAddress]);
            buffer.WriteByte((byte)member.Status);
            buffer.WriteInt32(member.UpNumber);
            Write(buffer, member.Roles);
            buffer.WriteText(member.AppVersion.Version);
        }

        buffer.WriteVarint((uint)gossip.Seen.Count);
        foreach (UniqueAddress node in gossip.Seen)
            buffer.WriteVarint(numbers[node]);
        WriteNumbered(buffer, numbers, versions);
        WriteNumbered(buffer, numbers, gossip.Tombstones);
        WriteNumbered(buffer, numbers, gossip.Reachability.Versions);
        (UniqueAddress Observer, UniqueAddress Subject)[] records = [.. gossip.Reachability.Records];
        buffer.WriteVarint((uint)records.Length);
        foreach ((UniqueAddress observer, UniqueAddress subject) in records)
        {
            buffer.WriteVarint(numbers[observer]);
            buffer.WriteVarint(numbers[subject]);
        }
    }

    public static UniqueAddress ReadNode(ref FrameCursor cursor)
    {
        Address address = Address.Parse(cursor.ReadText());
        return new UniqueAddress(address, cursor.ReadInt32());
    }

    public static ImmutableHashSet<string> ReadRoles(ref FrameCursor cursor)
    {
        ImmutableHashSet<string>.Builder roles = ImmutableHashSet.CreateBuilder<string>();
        for (uint left = Count(ref cursor); left > 0; left--)
            roles.Add(cursor.ReadText());
        return roles.ToImmutable();
    }

    public static VectorClock ReadVersion(ref FrameCursor cursor)
    {
        Dictionary<UniqueAddress, long> versions = [];
        for (uint left = Count(ref cursor); left > 0; left--)
        {
            UniqueAddress node = ReadNode(ref cursor);
            versions[node] = cursor.ReadInt64();
        }

        return new VectorClock(versions);
    }

    public static Gossip ReadGossip(ref FrameCursor cursor)
    {
        List<UniqueAddress> nodes = [];
        for (uint left = Count(ref cursor); left > 0; left--)
            nodes.Add(ReadNode(ref cursor));
        ImmutableSortedSet<Member>.Builder members = ImmutableSortedSet.CreateBuilder<Member>();
        for (uint left = Count(ref cursor); left > 0; left--)
            members.Add(ReadMember(ref cursor, nodes));
        ImmutableHashSet<UniqueAddress>.Builder seen = ImmutableHashSet.CreateBuilder<UniqueAddress>();
        for (uint left = Count(ref cursor); left > 0; left--)
            seen.Add(Numbered(ref cursor, nodes));
        Dictionary<UniqueAddress, long> versions = ReadNumbered(ref cursor, nodes);
        ImmutableDictionary<UniqueAddress, long> tombstones = ReadNumbered(ref cursor, nodes).ToImmutableDictionary();
        ImmutableDictionary<UniqueAddress, long> observations = ReadNumbered(ref cursor, nodes).ToImmutableDictionary();
        Dictionary<UniqueAddress, ImmutableArray<UniqueAddress>> rows = [];
        for (uint left = Count(ref cursor); left > 0; left--)
        {
            UniqueAddress observer = Numbered(ref cursor, nodes);
            rows[observer] = rows.GetValueOrDefault(observer, []).Add(Numbered(ref cursor, nodes));
        }

        return new Gossip
        {
            Members = members.ToImmutable(),
            Seen = seen.ToImmutable(),
            Version = new VectorClock(versions),
            Tombstones = tombstones,
            Reachability = new Reachability(rows.ToImmutableDictionary(), observations),
        };
    }

    private static void WriteNumbered(
        FrameBuffer buffer, Dictionary<UniqueAddress, uint> numbers, IReadOnlyCollection<KeyValuePair<UniqueAddress, long>> values)
    {
        buffer.WriteVarint((uint)values.Count);
        foreach ((UniqueAddress node, long value) in values)
        {
            buffer.WriteVarint(numbers[node]);
            buffer.WriteInt64(value);
        }
    }

    private static Dictionary<UniqueAddress, long> ReadNumbered(ref FrameCursor cursor, List<UniqueAddress> nodes)
    {
        Dictionary<UniqueAddress, long> values = [];
        for (uint left = Count(ref cursor); left > 0; left--)
        {
            UniqueAddress node = Numbered(ref cursor, nodes);
            values[node] = cursor.ReadInt64();
        }

        return values;
    }

    private static Member ReadMember(ref FrameCursor cursor, List<UniqueAddress> nodes)
    {
        UniqueAddress node = Numbered(ref cursor, nodes);
        MemberStatus status = (MemberStatus)cursor.ReadByte();
        if (status is > MemberStatus.WeaklyUp or MemberStatus.Removed)
            throw new SerializationException($"A view holds a member with status {(byte)status}");
        int upNumber = cursor.ReadInt32();
        ImmutableHashSet<string> roles = ReadRoles(ref cursor);
        return Member.Create(node, upNumber, status, roles, AppVersion.Create(cursor.ReadText()));
    }

    private static UniqueAddress Numbered(ref FrameCursor cursor, List<UniqueAddress> nodes)
    {
        uint number = cursor.ReadVarint();
        return number < nodes.Count ? nodes[(int)number] : throw new SerializationException($"A view names node {number} of {nodes.Count}");
    }

    private static uint Count(ref FrameCursor cursor)
    {
        uint count = cursor.ReadVarint();
        return count <= MaxCount ? count : throw new SerializationException($"A view with {count} entries; at most {MaxCount} are allowed");
    }
}
