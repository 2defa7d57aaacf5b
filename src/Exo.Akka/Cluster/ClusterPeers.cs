using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>The other daemons: how to reach one, and whom to tell of a view. Belongs to the daemon and is used on its turn only.</summary>
internal sealed class ClusterPeers(RemoteActorRefProvider provider, UniqueAddress self, IActorRef daemon)
{
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

    public void TellOthers(Gossip view, ClusterProtocol.IRemote message)
    {
        foreach (Member member in view.Members)
        {
            if (!member.UniqueAddress.Equals(self))
                Tell(member.Address, message);
        }
    }

    public void TellView(UniqueAddress to, Gossip view) => Tell(to.Address, new ClusterProtocol.GossipEnvelope(self, to, view));

    public void Push(Gossip view)
    {
        foreach (UniqueAddress peer in GossipTargets.ForPush(view, self, Random.Shared))
            TellView(peer, view);
    }

    /// <summary>One round of gossip: the view for somebody who is behind, else a short comparison of versions.</summary>
    public void Gossip(Gossip view, double probabilityOfBehind)
    {
        if (GossipTargets.ForRound(view, self, probabilityOfBehind, Random.Shared) is not { } peer)
            return;
        if (view.Seen.Contains(peer))
            Tell(peer.Address, new ClusterProtocol.GossipStatus(self, view.Version, view.SeenDigest));
        else
            TellView(peer, view);
    }

    public void Forget(Address address) => _daemons.Remove(address);
}
