using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Heartbeats;
using Akka.Cluster.Membership;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Heartbeats;

namespace Akka.Cluster;

/// <summary>
/// Owns this node's view of the membership. Joining is <see cref="JoinProcess"/>'s affair, telling subscribers <see cref="ClusterSubscriptions"/>'s;
/// what follows from a view is decided by the pure functions of <see cref="MembershipRules"/>.
/// </summary>
internal sealed class ClusterDaemon : ReceiveActor, IWithTimers, IHeartbeatObserver
{
    private const int PushFanOut = 8;
    private static readonly TimeSpan s_tombstoneLife = TimeSpan.FromHours(1);

    private readonly Cluster _cluster;
    private readonly ClusterSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly UniqueAddress _self;
    private readonly ClusterSubscriptions _subscriptions;
    private readonly JoinProcess _joining;
    private readonly IActorRef _me;
    private readonly List<Action> _whenUp = [];
    private readonly List<Action> _whenRemoved = [];
    private readonly List<IActorRef> _awaitingExit = [];
    private readonly Dictionary<Address, IActorRef> _daemons = [];
    private Gossip _gossip = Gossip.Empty;
    private ImmutableHashSet<UniqueAddress> _exitingConfirmed = [];
    private long _unconvergedSince;
    private bool _isShuttingDown;

    public ClusterDaemon(Cluster cluster)
    {
        _cluster = cluster;
        _settings = cluster.Settings;
        _self = cluster.SelfUniqueAddress;
        _me = Self;
        _log = Context.GetLogger();
        _subscriptions = new ClusterSubscriptions(Context);
        _joining = new JoinProcess(cluster, SendTo, Become, _log);
        Members();
        Commands();
        Receive<Terminated>(ended => _subscriptions.Remove(ended.ActorRef));
        Receive<AssociationErrorEvent>(error => _joining.Refused(error.RemoteAddress));
    }

    public ITimerScheduler Timers { get; set; }

    public TimeSpan Interval => _settings.HeartbeatInterval;

    public TimeSpan ExpectedResponseAfter => _settings.HeartbeatExpectedResponseAfter;

    public DefaultFailureDetectorRegistry<Address> Detectors => _cluster.FailureDetector;

    private bool IsMember => _gossip.HasMember(_self);

    private bool IsLeader => _self.Equals(MembershipRules.Leader(_gossip, _self));

    public void AvailabilityChanged(Address address, int? uid, bool isAvailable)
        => _me.Tell(new ClusterProtocol.Observed(address, isAvailable), ActorRefs.NoSender);

    public void Died(Address address, int? uid) => _me.Tell(new ClusterProtocol.Died(address, uid), ActorRefs.NoSender);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("gossip", new ClusterProtocol.GossipTick(), _settings.PeriodicTasksInitialDelay, _settings.GossipInterval);
        Timers.StartPeriodicTimer("leader", new ClusterProtocol.LeaderTick(), _settings.PeriodicTasksInitialDelay, _settings.LeaderActionsInterval);
        Timers.StartPeriodicTimer("join", new ClusterProtocol.JoinTick(), JoinProcess.RetryInterval);
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(Context.System);
        IActorRef self = Self;
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () => Phase(self, CoordinatedShutdown.PhaseClusterLeave, new ClusterProtocol.LeaveSelf()));
        shutdown.AddTask(
            CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () => Phase(self, CoordinatedShutdown.PhaseClusterExitingDone, new ClusterProtocol.ConfirmExiting()));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "stop-cluster", () => Stop(self));
    }

    protected override void PostStop()
    {
        _subscriptions.Publish([ClusterEvent.ClusterShuttingDown.Instance]);
        _subscriptions.Publish(MembershipDiff.Events(_gossip, Gossip.Empty, _self));
        _cluster.Provider.Transport.Heartbeats.SetTargets(this, []);
        _cluster.Terminated();
        foreach (IActorRef waiting in _awaitingExit)
            waiting.Tell(Done.Instance, ActorRefs.NoSender);
        foreach (Action callback in _whenRemoved)
            callback();
    }

    private async Task<Done> Phase(IActorRef daemon, string phase, object command)
    {
        if (_cluster.IsTerminated)
            return Done.Instance;
        await daemon.Ask<Done>(command, CoordinatedShutdown.Get(_cluster.System).Timeout(phase)).ConfigureAwait(false);
        return Done.Instance;
    }

    private static async Task<Done> Stop(IActorRef daemon)
    {
        await daemon.GracefulStop(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
        return Done.Instance;
    }

    /// <summary>What other daemons say, and what the clock and the heartbeats bring.</summary>
    private void Members()
    {
        Receive<ClusterProtocol.InitJoin>(_ => OnInitJoin());
        Receive<ClusterProtocol.InitJoinAck>(ack => _joining.Acknowledged(ack.From));
        Receive<ClusterProtocol.InitJoinNack>(nack => _joining.Declined(nack.From));
        Receive<ClusterProtocol.Join>(OnJoin);
        Receive<ClusterProtocol.Welcome>(OnWelcome);
        Receive<ClusterProtocol.GossipEnvelope>(OnGossip);
        Receive<ClusterProtocol.GossipStatus>(OnStatus);
        Receive<ClusterProtocol.ExitingConfirmed>(OnExitingConfirmed);
        Receive<ClusterProtocol.Observed>(OnObserved);
        Receive<ClusterProtocol.Died>(OnDied);
        Receive<ClusterProtocol.GossipTick>(_ => OnGossipTick());
        Receive<ClusterProtocol.LeaderTick>(_ => OnLeaderTick());
        Receive<ClusterProtocol.JoinTick>(_ => _joining.Tick(IsMember));
    }

    /// <summary>What this node asks of its own daemon, or another on its behalf.</summary>
    private void Commands()
    {
        Receive<ClusterProtocol.JoinTo>(join => _joining.JoinTo(join.Address, IsMember || _isShuttingDown));
        Receive<ClusterProtocol.JoinSeeds>(join => _joining.JoinSeeds(join.Seeds, IsMember || _isShuttingDown));
        Receive<ClusterProtocol.Leave>(OnLeave);
        Receive<ClusterProtocol.Down>(down => Down(down.Address));
        Receive<ClusterProtocol.Subscribe>(subscribe => _subscriptions.Add(subscribe, _cluster.State));
        Receive<ClusterProtocol.Unsubscribe>(unsubscribe => _subscriptions.Remove(unsubscribe.Subscriber, unsubscribe.Type));
        Receive<ClusterProtocol.SendState>(send => send.Receiver.Tell(_cluster.State, ActorRefs.NoSender));
        Receive<ClusterProtocol.WhenUp>(OnWhenUp);
        Receive<ClusterProtocol.WhenRemoved>(register => _whenRemoved.Add(register.Callback));
        Receive<ClusterProtocol.LeaveSelf>(_ => OnLeaveSelf());
        Receive<ClusterProtocol.ConfirmExiting>(_ => OnConfirmExiting());
    }

    private void OnInitJoin()
    {
        bool isOpen = _gossip.Find(_self) is { Status: not (MemberStatus.Down or MemberStatus.Exiting) };
        Sender.Tell(isOpen ? new ClusterProtocol.InitJoinAck(_self.Address) : new ClusterProtocol.InitJoinNack(_self.Address), Self);
    }

    private void Become(Gossip first)
    {
        _gossip = Gossip.Empty;
        Change(first);
    }

    private void OnJoin(ClusterProtocol.Join join)
    {
        if (!IsMember)
            return;
        if (_gossip.Find(_self).Status is MemberStatus.Down or MemberStatus.Exiting || _gossip.Tombstones.ContainsKey(join.Node))
        {
            _log.Info("Cluster Node [{0}] - Ignoring join request from {1}", _self.Address, join.Node.Address);
            return;
        }

        Member known = _gossip.Members.FirstOrDefault(m => m.Address.Equals(join.Node.Address));
        if (known is not null && !known.UniqueAddress.Equals(join.Node))
        {
            // The old incarnation cannot be alive: its address is another's. It goes first, the joining node asks again.
            if (known.Status != MemberStatus.Down)
            {
                _log.Info("Cluster Node [{0}] - New incarnation of existing member [{1}] is trying to join. Existing will be removed.", _self.Address, known.Address);
                Change(Downed(_gossip, known));
            }

            return;
        }

        if (known is null)
        {
            _log.Info("Cluster Node [{0}] - Node [{1}] is JOINING, roles [{2}]", _self.Address, join.Node.Address, string.Join(", ", join.Roles));
            Change(_gossip.Update(Member.Create(join.Node, join.Roles, join.AppVersion)), push: false);
        }

        SendTo(join.Node.Address, new ClusterProtocol.Welcome(_self, _gossip));
        Push();
    }

    private void OnWelcome(ClusterProtocol.Welcome welcome)
    {
        if (IsMember || !_joining.IsExpected(welcome.From.Address) || !welcome.Gossip.HasMember(_self))
            return;
        _log.Info("Cluster Node [{0}] - Welcome from [{1}]", _self.Address, welcome.From.Address);
        _joining.Succeeded();
        Adopt(welcome.Gossip.MarkSeen(_self));
        SendGossip(welcome.From);
    }

    private void OnGossip(ClusterProtocol.GossipEnvelope envelope)
    {
        if (!IsMember || !envelope.To.Equals(_self) || !_gossip.HasMember(envelope.From))
            return;
        Gossip remote = envelope.Gossip;
        if (!remote.HasMember(_self))
        {
            _log.Debug("Ignoring gossip from [{0}] that does not contain this node", envelope.From.Address);
            return;
        }

        VectorClock.Ordering order = remote.Version.CompareTo(_gossip.Version);
        Gossip winner = order switch
        {
            VectorClock.Ordering.Same => _gossip.MergeSeen(remote),
            VectorClock.Ordering.Before => _gossip,
            VectorClock.Ordering.After => remote,
            _ => remote.Merge(_gossip),
        };
        bool isNews = !winner.Seen.Contains(_self);
        bool talksBack = order == VectorClock.Ordering.Concurrent || !remote.Seen.Contains(_self);
        Adopt(winner.MarkSeen(_self));
        if (!IsMember)
            return;
        if (order == VectorClock.Ordering.Concurrent)
            Push();
        else if (talksBack)
            SendGossip(envelope.From);
        if (isNews || order == VectorClock.Ordering.Same)
            RunLeaderActions();
    }

    private void OnStatus(ClusterProtocol.GossipStatus status)
    {
        if (!IsMember || !_gossip.HasMember(status.From))
            return;
        switch (status.Version.CompareTo(_gossip.Version))
        {
            case VectorClock.Ordering.Same:
                break;
            case VectorClock.Ordering.After:
                SendTo(status.From.Address, new ClusterProtocol.GossipStatus(_self, _gossip.Version));
                break;
            default:
                SendGossip(status.From);
                break;
        }
    }

    private void OnLeave(ClusterProtocol.Leave leave)
    {
        Member member = _gossip.Members.FirstOrDefault(m => m.Address.Equals(leave.Address));
        if (member?.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up)
        {
            _log.Info("Cluster Node [{0}] - Marked address [{1}] as [Leaving]", _self.Address, leave.Address);
            Change(_gossip.Update(member.Copy(MemberStatus.Leaving)));
        }
    }

    private void OnLeaveSelf()
    {
        Member self = _gossip.Find(_self);
        if (self is null || self.Status is MemberStatus.Exiting or MemberStatus.Down)
        {
            Sender.Tell(Done.Instance, Self);
            return;
        }

        _awaitingExit.Add(Sender);
        OnLeave(new ClusterProtocol.Leave(_self.Address));
    }

    private void OnConfirmExiting()
    {
        _isShuttingDown = true;
        foreach (Member member in _gossip.Members.Where(m => !m.UniqueAddress.Equals(_self)))
            SendTo(member.Address, new ClusterProtocol.ExitingConfirmed(_self));
        Sender.Tell(Done.Instance, Self);
    }

    private void OnExitingConfirmed(ClusterProtocol.ExitingConfirmed confirmed)
    {
        if (!_gossip.HasMember(confirmed.Node))
            return;
        _exitingConfirmed = _exitingConfirmed.Add(confirmed.Node);
        RunLeaderActions();
    }

    private void Down(Address address)
    {
        Member member = _gossip.Members.FirstOrDefault(m => m.Address.Equals(address));
        if (member is null || member.Status == MemberStatus.Down)
            return;
        _log.Info("Cluster Node [{0}] - Marking node [{1}] as [Down]", _self.Address, address);
        Change(_gossip.Update(member.Copy(MemberStatus.Down)));
    }

    private void OnObserved(ClusterProtocol.Observed observed)
    {
        Member member = _gossip.Members.FirstOrDefault(m => m.Address.Equals(observed.Address));
        if (member is null || member.UniqueAddress.Equals(_self) || _gossip.Reachability.IsReachable(_self, member.UniqueAddress) == observed.IsAvailable)
            return;
        _log.Warning("Cluster Node [{0}] - Marking node as {1} [{2}]", _self.Address, observed.IsAvailable ? "REACHABLE" : "UNREACHABLE", member);
        Change(_gossip with
        {
            Reachability = observed.IsAvailable
                ? _gossip.Reachability.Reachable(_self, member.UniqueAddress)
                : _gossip.Reachability.Unreachable(_self, member.UniqueAddress),
        });
    }

    private void OnDied(ClusterProtocol.Died died)
    {
        Member member = _gossip.Members.FirstOrDefault(m => m.Address.Equals(died.Address) && (died.Uid is null || m.UniqueAddress.Uid == died.Uid));
        if (member is null || member.UniqueAddress.Equals(_self))
            return;
        _log.Warning("Cluster Node [{0}] - The process of [{1}] has ended: its host refuses the port", _self.Address, member);
        bool downs = _settings.DownsOnEvidenceOfDeath && member.Status != MemberStatus.Down;
        Change(downs
            ? Downed(_gossip, member)
            : _gossip with { Reachability = _gossip.Reachability.Unreachable(_self, member.UniqueAddress) });
    }

    private Gossip Downed(Gossip gossip, Member member) => gossip.Update(member.Copy(MemberStatus.Down)) with
    {
        Reachability = gossip.Reachability.Unreachable(_self, member.UniqueAddress),
    };

    private void OnWhenUp(ClusterProtocol.WhenUp register)
    {
        if (_cluster.IsUp)
            register.Callback();
        else
            _whenUp.Add(register.Callback);
    }

    private void OnGossipTick()
    {
        if (!IsMember || _isShuttingDown)
            return;
        UniqueAddress[] peers = [.. Peers()];
        if (peers.Length == 0)
            return;
        UniqueAddress[] behind = [.. peers.Where(p => !_gossip.Seen.Contains(p))];
        bool prefersBehind = behind.Length > 0 && Random.Shared.NextDouble() < _settings.GossipDifferentViewProbability;
        UniqueAddress[] candidates = prefersBehind ? behind : peers;
        UniqueAddress peer = candidates[Random.Shared.Next(candidates.Length)];
        if (_gossip.Seen.Contains(peer))
            SendTo(peer.Address, new ClusterProtocol.GossipStatus(_self, _gossip.Version));
        else
            SendGossip(peer);
    }

    private void OnLeaderTick()
    {
        if (!IsMember)
            return;
        RunLeaderActions();
        Gossip pruned = _gossip.PruneTombstones(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)s_tombstoneLife.TotalSeconds);
        if (!ReferenceEquals(pruned, _gossip))
            _gossip = pruned;
    }

    private void RunLeaderActions()
    {
        if (!IsMember || !IsLeader || _isShuttingDown)
            return;
        LeaderActions actions;
        if (MembershipRules.Converged(_gossip, _self, _exitingConfirmed))
        {
            _unconvergedSince = 0;
            actions = MembershipRules.AtConvergence(_gossip, _self, _exitingConfirmed, HasEnoughMembers);
        }
        else
        {
            _unconvergedSince = _unconvergedSince == 0 ? Environment.TickCount64 : _unconvergedSince;
            bool isLong = Environment.TickCount64 - _unconvergedSince >= _settings.WeaklyUpAfter.TotalMilliseconds;
            actions = _settings.AllowWeaklyUpMembers && isLong ? MembershipRules.WithoutConvergence(_gossip, HasEnoughMembers) : new LeaderActions([], []);
        }

        if (actions.IsEmpty)
            return;
        foreach (Member member in actions.Changed)
            _log.Info("Cluster Node [{0}] - Leader is moving node [{1}] to [{2}]", _self.Address, member.Address, member.Status);
        foreach (Member member in actions.Removed)
            _log.Info("Cluster Node [{0}] - Leader is removing {1} node [{2}]", _self.Address, member.Status, member.Address);
        _exitingConfirmed = _exitingConfirmed.Except(actions.Removed.Select(m => m.UniqueAddress));
        Change(actions.Apply(_gossip, DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
    }

    private bool HasEnoughMembers(Gossip gossip)
        => gossip.Members.Count >= _settings.MinNrOfMembers
        && _settings.MinNrOfMembersOfRole.All(role => gossip.Members.Count(m => m.HasRole(role.Key)) >= role.Value);

    /// <summary>A change made here: a new version that only this node has seen, pushed to the others at once.</summary>
    private void Change(Gossip changed, bool push = true)
    {
        Adopt(changed.Increment(_self).OnlySeen(_self));
        if (push)
            Push();
        RunLeaderActions();
    }

    private void Adopt(Gossip next)
    {
        Gossip before = _gossip;
        _gossip = next;
        _cluster.Publish(MembershipDiff.State(next, _self));
        List<ClusterEvent.IClusterDomainEvent> events = MembershipDiff.Events(before, next, _self);
        foreach (ClusterEvent.MemberRemoved removed in events.OfType<ClusterEvent.MemberRemoved>())
            _cluster.Provider.Transport.Quarantine(removed.Member.Address, removed.Member.UniqueAddress.Uid, "it was removed from the cluster");
        _subscriptions.Publish(events);
        if (!ReferenceEquals(before.Members, next.Members) || !ReferenceEquals(before.Reachability, next.Reachability))
            WatchNeighbours();
        FollowSelf(before.Find(_self)?.Status, next.Find(_self)?.Status);
    }

    private void FollowSelf(MemberStatus? before, MemberStatus? after)
    {
        if (before == after)
            return;
        switch (after)
        {
            case MemberStatus.Up:
                foreach (Action callback in _whenUp)
                    callback();
                _whenUp.Clear();
                break;
            case MemberStatus.Exiting:
                foreach (IActorRef waiting in _awaitingExit)
                    waiting.Tell(Done.Instance, Self);
                _awaitingExit.Clear();
                _ = CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
                break;
            case MemberStatus.Down:
                OnSelfDown();
                break;
        }
    }

    private void OnSelfDown()
    {
        _log.Error("Cluster Node [{0}] - This node has been downed and is shutting down", _self.Address);
        _isShuttingDown = true;
        Push();
        if (_settings.RunCoordinatedShutdownWhenDown)
            _ = CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
        else
            Context.Stop(Self);
    }

    private void WatchNeighbours()
    {
        ImmutableArray<UniqueAddress> receivers = HeartbeatRing.Receivers(
            _self, _gossip.Members.Select(m => m.UniqueAddress), _gossip.Reachability.AllUnreachable, _settings.MonitoredByNrOfMembers);
        _cluster.Provider.Transport.Heartbeats.SetTargets(this, [.. receivers.Select(r => new HeartbeatTarget(r.Address, r.Uid))]);
    }

    private IEnumerable<UniqueAddress> Peers()
        => _gossip.Members.Select(m => m.UniqueAddress).Where(n => !n.Equals(_self) && _gossip.Reachability.IsReachable(_self, n));

    private void Push()
    {
        UniqueAddress[] peers = [.. Peers()];
        if (peers.Length > PushFanOut)
        {
            Random.Shared.Shuffle(peers);
            peers = peers[..PushFanOut];
        }

        foreach (UniqueAddress peer in peers)
            SendGossip(peer);
    }

    private void SendGossip(UniqueAddress to) => SendTo(to.Address, new ClusterProtocol.GossipEnvelope(_self, to, _gossip));

    private void SendTo(Address address, ClusterProtocol.IRemote message)
    {
        if (address.Equals(_self.Address))
            _me.Tell(message, _me);
        else
            DaemonAt(address).Tell(message, _me);
    }

    /// <summary>The reference of another node's daemon; kept, as making one parses and resolves a path.</summary>
    private IActorRef DaemonAt(Address address)
    {
        if (!_daemons.TryGetValue(address, out IActorRef daemon))
            _daemons[address] = daemon = _cluster.Provider.ResolveActorRef(new RootActorPath(address) / "system" / "cluster");
        return daemon;
    }
}
