using System.Collections.Immutable;
using System.Text;

namespace Akka.Cluster.Heartbeats;

/// <summary>Chooses whom a node watches: its next neighbours on a ring of hashes, so that each member has as many watchers.</summary>
internal static class HeartbeatRing
{
    public static ImmutableArray<UniqueAddress> Receivers(
        UniqueAddress self, IEnumerable<UniqueAddress> nodes, ImmutableHashSet<UniqueAddress> unreachable, int monitoredByNrOfMembers)
    {
        List<UniqueAddress> ring = [.. nodes.Append(self).Distinct().OrderBy(Hash).ThenBy(n => n)];
        if (ring.Count - 1 <= monitoredByNrOfMembers)
            return [.. ring.Where(n => !n.Equals(self))];
        int start = ring.IndexOf(self);
        List<UniqueAddress> receivers = [];
        int reachable = 0;

        // Unreachable ones are watched on top of the wanted number: somebody must notice that they come back.
        for (int i = 1; i < ring.Count && reachable < monitoredByNrOfMembers; i++)
        {
            UniqueAddress node = ring[(start + i) % ring.Count];
            receivers.Add(node);
            if (!unreachable.Contains(node))
                reachable++;
        }

        return [.. receivers];
    }

    /// <summary>FNV-1a over the address: every node must order the ring alike, so no per-process hash code will do.</summary>
    private static uint Hash(UniqueAddress node)
    {
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(node.Address.ToString()))
            hash = (hash ^ b) * 16777619;
        return (hash ^ (uint)node.Uid) * 16777619;
    }
}
