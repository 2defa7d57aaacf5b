using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>The other daemons: how to reach one, and whom to tell of a view. Belongs to the daemon and is used on its turn only.</summary>
internal sealed class ClusterPeers(RemoteActorRefProvider provider, UniqueAddress self, IActorRef daemon)
{
    /// <summary>A change is pushed at once to so many; gossip carries it to the rest.</summary>
    private const int PushFanOut = 8;

    private readonly Dictionary<Address, IActorRef> _daemons = [];

    public void Tell(Address address, ClusterProtocol.IRemote message)
    {
        if (address.Equals(self.Address))
        {
            daemon.Tell(message, daemon);
            return;
        }

        // Kept: making one parses and resolves a path.
        if (!_daemons.TryGetValue(address, out IActorRef other))
            _daemons[address] = other = provider.ResolveActorRef(new RootActorPath(address) / "system" / "cluster");
        other.Tell(message, daemon);
    }

    public void TellView(UniqueAddress to, Gossip view) => Tell(to.Address, new ClusterProtocol.GossipEnvelope(self, to, view));

    public void Push(Gossip view)
    {
        UniqueAddress[] peers = [.. Reachable(view)];
        if (peers.Length > PushFanOut)
        {
            Random.Shared.Shuffle(peers);
            peers = peers[..PushFanOut];
        }

        foreach (UniqueAddress peer in peers)
            TellView(peer, view);
    }

    /// <summary>One round of gossip: mostly to somebody who is behind, else a short comparison of versions.</summary>
    public void Gossip(Gossip view, double probabilityOfBehind)
    {
        UniqueAddress[] peers = [.. Reachable(view)];
        if (peers.Length == 0)
            return;
        UniqueAddress[] behind = [.. peers.Where(p => !view.Seen.Contains(p))];
        UniqueAddress[] candidates = behind.Length > 0 && Random.Shared.NextDouble() < probabilityOfBehind ? behind : peers;
        UniqueAddress peer = candidates[Random.Shared.Next(candidates.Length)];
        if (view.Seen.Contains(peer))
            Tell(peer.Address, new ClusterProtocol.GossipStatus(self, view.Version));
        else
            TellView(peer, view);
    }

    public void Forget(Address address) => _daemons.Remove(address);

    private IEnumerable<UniqueAddress> Reachable(Gossip view)
        => view.Members.Select(m => m.UniqueAddress).Where(n => !n.Equals(self) && view.Reachability.IsReachable(self, n));
}
