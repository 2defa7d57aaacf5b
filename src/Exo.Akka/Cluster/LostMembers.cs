using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Remote.Transport;

namespace Akka.Cluster;

/// <summary>Members that were removed while nobody knew whether they lived: looked for now and then, as a partition may heal.</summary>
internal sealed class LostMembers(TcpRemoteTransport transport, TimeSpan? interval)
{
    private const int MaxLost = 64;

    private readonly HashSet<UniqueAddress> _dead = [];
    private readonly List<Address> _lost = [];
    private long _lastProbe;

    /// <summary>There is evidence that this one has ended: no need to look for it.</summary>
    public void Died(UniqueAddress node) => _dead.Add(node);

    public void Removed(Member member, MemberStatus previous)
    {
        bool isDead = _dead.Remove(member.UniqueAddress);
        if (!isDead && previous == MemberStatus.Down && _lost.Count < MaxLost && !_lost.Contains(member.Address))
            _lost.Add(member.Address);
    }

    public void Tick(Gossip view)
    {
        if (interval is not { } wait || _lost.Count == 0 || Environment.TickCount64 - _lastProbe < wait.TotalMilliseconds)
            return;
        _lastProbe = Environment.TickCount64;
        _lost.RemoveAll(address => MembershipChanges.MemberAt(view, address) is not null);
        foreach (Address address in _lost)
            _ = transport.ProbeAsync(address);
    }
}
