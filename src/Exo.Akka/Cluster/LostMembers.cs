using Akka.Actor;
using Akka.Cluster.Membership;

namespace Akka.Cluster;

/// <summary>Members that were removed while nobody knew whether they lived: looked for now and then, as a partition may heal.</summary>
/// <param name="clock">Tells the time: the system's scheduler, so that its time is the only one.</param>
/// <param name="interval">Between two looks; null: nobody is looked for.</param>
/// <param name="probe">Tries to reach a node.</param>
internal sealed class LostMembers(ITimeProvider clock, TimeSpan? interval, Action<Address> probe)
{
    private const int MaxLost = 64;

    private readonly HashSet<UniqueAddress> _dead = [];
    private readonly List<Address> _lost = [];
    private TimeSpan? _lastProbe;

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
        if (interval is not { } wait || _lost.Count == 0 || clock.MonotonicClock - _lastProbe < wait)
            return;
        _lastProbe = clock.MonotonicClock;
        _lost.RemoveAll(address => MembershipChanges.MemberAt(view, address) is not null);
        _lost.ForEach(probe);
    }
}
