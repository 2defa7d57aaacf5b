using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>How this node gets in: asks the seeds, joins the first that answers, or forms a cluster when it may.</summary>
/// <remarks>States: idle → asking seeds → joining an address → member. Belongs to the daemon and is used on its turn only.</remarks>
internal sealed class JoinProcess(Cluster cluster, Action<Address, ClusterProtocol.IRemote> send, Action<Gossip> form, ILoggingAdapter log)
{
    public static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private ImmutableList<Address> _seeds = [];
    private readonly HashSet<Address> _silent = [];
    private Address _target;
    private TimeSpan _seedsSince;
    private TimeSpan _askingSince;
    private TimeSpan _joiningSince;
    private bool _isWarned;

    private Address Self => cluster.SelfAddress;

    public bool IsExpected(Address from) => _target is not null && _target.Equals(from);

    public void JoinTo(Address address, bool isTooLate)
    {
        if (isTooLate)
        {
            log.Warning("Cluster Node [{0}] - Trying to join [{1}] when already part of a cluster, ignoring", Self, address);
            return;
        }

        if (address.System != Self.System || address.Protocol != Self.Protocol)
        {
            log.Warning("Cluster Node [{0}] - Trying to join member with wrong ActorSystem name or protocol, ignored: [{1}]", Self, address);
            return;
        }

        _seeds = [];
        Begin(address);
    }

    public void JoinSeeds(ImmutableList<Address> seeds, bool isTooLate)
    {
        if (isTooLate || seeds.IsEmpty)
            return;
        _seeds = seeds;
        _seedsSince = Now;
        Ask();
    }

    public void Tick(bool isMember)
    {
        if (isMember)
            return;
        TimeSpan now = Now;
        if (cluster.Settings.ShutdownAfterUnsuccessfulJoinSeedNodes is { } patience && !_seeds.IsEmpty && now - _seedsSince > patience)
        {
            log.Warning("Cluster Node [{0}] - Joining the seed nodes has taken longer than {1}: this node shuts down", Self, patience);
            _seeds = [];
            _target = null;
            _ = CoordinatedShutdown.Get(cluster.System).Run(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance);
            return;
        }

        if (_target is not null)
        {
            if (cluster.Settings.RetryUnsuccessfulJoinAfter is { } limit && !_seeds.IsEmpty && now - _joiningSince > limit)
                Ask();
            else
                SendJoin();
        }
        else if (!_seeds.IsEmpty)
        {
            if (MayForm && now - _askingSince >= cluster.Settings.SeedNodeTimeout)
                Form();
            else
                AskSeeds();
            Warn(now);
        }
    }

    public void Acknowledged(Address from)
    {
        if (_target is null && _seeds.Contains(from))
            Begin(from);
    }

    public void Declined(Address from) => Silent(from);

    /// <summary>Nothing listens at a seed's address: it cannot be part of a cluster.</summary>
    public void Refused(Address address)
    {
        // A refusal is counted only once the others had a moment to come up with this node.
        if (_target is null && Now - _askingSince >= RetryInterval)
            Silent(address);
    }

    public void Succeeded()
    {
        _target = null;
        _seeds = [];
    }

    private TimeSpan Now => cluster.System.Scheduler.MonotonicClock;

    private bool MayForm => _seeds[0].Equals(Self);

    private void Ask()
    {
        _target = null;
        _silent.Clear();
        _askingSince = Now;
        _isWarned = false;
        if (MayForm && _seeds.TrueForAll(s => s.Equals(Self)))
            Form();
        else
            AskSeeds();
    }

    private void AskSeeds()
    {
        foreach (Address seed in _seeds)
        {
            if (!seed.Equals(Self))
                send(seed, new ClusterProtocol.InitJoin());
        }
    }

    private void Silent(Address address)
    {
        if (_target is not null || _seeds.IsEmpty || !_seeds.Contains(address))
            return;
        _silent.Add(address);
        if (MayForm && _seeds.TrueForAll(s => s.Equals(Self) || _silent.Contains(s)))
            Form();
    }

    private void Begin(Address address)
    {
        _target = address;
        _joiningSince = Now;
        if (address.Equals(Self))
            Form();
        else
            SendJoin();
    }

    private void SendJoin()
        => send(_target, new ClusterProtocol.Join(cluster.SelfUniqueAddress, cluster.SelfRoles, cluster.Settings.AppVersion));

    private void Form()
    {
        log.Info("Cluster Node [{0}] - Node is forming a new cluster, roles [{1}]", Self, string.Join(", ", cluster.SelfRoles));
        Succeeded();
        form(Gossip.Empty.Update(Member.Create(cluster.SelfUniqueAddress, cluster.SelfRoles, cluster.Settings.AppVersion)));
    }

    private void Warn(TimeSpan now)
    {
        if (_isWarned || now - _askingSince < 5 * cluster.Settings.SeedNodeTimeout)
            return;
        _isWarned = true;
        log.Warning("Cluster Node [{0}] - Couldn't join seed nodes yet, will try again. seed-nodes=[{1}]", Self, string.Join(", ", _seeds));
    }
}
