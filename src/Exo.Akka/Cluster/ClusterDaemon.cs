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
    private static readonly TimeSpan s_tombstoneLife = TimeSpan.FromHours(1);

    private readonly Cluster _cluster;
    private readonly ClusterSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly UniqueAddress _self;
    private readonly ClusterSubscriptions _subscriptions;
    private readonly ClusterPeers _peers;
    private readonly LostMembers _lost;
    private readonly JoinProcess _joining;
    private readonly IActorRef _me;
    private readonly MembershipCallbacks _callbacks;
    private readonly List<IActorRef> _awaitingExit = [];
    private Gossip _gossip = Gossip.Empty;
    private ImmutableHashSet<UniqueAddress> _exitingConfirmed = [];
    private TimeSpan? _unconvergedSince;
    private bool _isShuttingDown;

    public ClusterDaemon(Cluster cluster)
    {
        _cluster = cluster;
        _settings = cluster.Settings;
        _self = cluster.SelfUniqueAddress;
        _me = Self;
        _log = Context.GetLogger();
        _subscriptions = new ClusterSubscriptions(Context);
        _lost = new LostMembers(Context.System.Scheduler, _settings.HealProbeInterval, address => _ = cluster.Provider.Transport.ProbeAsync(address));
        _callbacks = new MembershipCallbacks(_log);
        _peers = new ClusterPeers(cluster.Provider, _self, Self);
        _joining = new JoinProcess(cluster, _peers.Tell, Become, _log);
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
        ClusterShutdownPhases.Add(_cluster, Self);
    }

    /// <summary>A failed daemon has lost its view: the node cannot stay a member, so it goes as if it had been downed.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _log.Error(reason, "Cluster Node [{0}] - The cluster daemon failed on [{1}]; this node shuts down", _self.Address, message);
        _ = CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    protected override void PostStop()
    {
        _subscriptions.Publish([ClusterEvent.ClusterShuttingDown.Instance]);
        _subscriptions.Publish(MembershipDiff.Events(_gossip, Gossip.Empty, _self));
        _cluster.Provider.Transport.Heartbeats.SetTargets(this, []);
        Action[] whenRemoved = _cluster.Terminated();
        foreach (IActorRef waiting in _awaitingExit)
            waiting.Tell(Done.Instance, ActorRefs.NoSender);
        _callbacks.Call(whenRemoved);
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
        Receive<ClusterProtocol.Leave>(leave => OnLeave(leave.Address));
        Receive<ClusterProtocol.Down>(down => Down(down.Address));
        Receive<ClusterProtocol.Subscribe>(subscribe => _subscriptions.Add(subscribe, _cluster.State));
        Receive<ClusterProtocol.Unsubscribe>(unsubscribe => _subscriptions.Remove(unsubscribe.Subscriber, unsubscribe.Type));
        Receive<ClusterProtocol.SendState>(send => send.Receiver.Tell(_cluster.State, ActorRefs.NoSender));
        Receive<ClusterProtocol.WhenUp>(register => _callbacks.AddWhenUp(register.Callback, _cluster.SelfMember.Status == MemberStatus.Up));
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
        if (!MembershipChanges.Admits(_gossip, _self, join.Node))
        {
            _log.Info("Cluster Node [{0}] - Ignoring join request from {1}", _self.Address, join.Node.Address);
            return;
        }

        Gossip changed = MembershipChanges.Join(_gossip, _self, Member.Create(join.Node, join.Roles, join.AppVersion));
        if (changed is not null)
        {
            bool isNew = changed.HasMember(join.Node);
            _log.Info(
                isNew ? "Cluster Node [{0}] - Node [{1}] is JOINING, roles [{2}]" : "Cluster Node [{0}] - New incarnation of [{1}] wants to join; the old one goes first",
                _self.Address, join.Node.Address, string.Join(", ", join.Roles));
            Change(changed);
        }

        if (_gossip.HasMember(join.Node) && !join.Node.Equals(_self))
            _peers.Tell(join.Node.Address, new ClusterProtocol.Welcome(_self, _gossip));
    }

    private void OnWelcome(ClusterProtocol.Welcome welcome)
    {
        if (IsMember || !_joining.IsExpected(welcome.From.Address) || !welcome.Gossip.HasMember(_self))
            return;
        _log.Info("Cluster Node [{0}] - Welcome from [{1}]", _self.Address, welcome.From.Address);
        _joining.Succeeded();
        Adopt(welcome.Gossip.MarkSeen(_self));
        _peers.TellView(welcome.From, _gossip);
    }

    private void OnGossip(ClusterProtocol.GossipEnvelope envelope)
    {
        if (!IsMember || !envelope.To.Equals(_self) || !_gossip.HasMember(envelope.From))
            return;
        if (!envelope.Gossip.HasMember(_self))
        {
            _log.Debug("Ignoring gossip from [{0}] that does not contain this node", envelope.From.Address);
            return;
        }

        GossipExchange exchange = GossipExchange.Receive(_gossip, envelope.Gossip, _self);
        Adopt(exchange.View);
        // In a large cluster pushes of merged views would call forth ever more of them.
        if (exchange.Reply == GossipExchange.Answer.Everyone && GossipTargets.PushReachesAll(exchange.View))
            Push();
        else if (exchange.Reply != GossipExchange.Answer.None)
            _peers.TellView(envelope.From, _gossip);
        RunLeaderActions();
    }

    private void OnStatus(ClusterProtocol.GossipStatus status)
    {
        if (!IsMember || !_gossip.HasMember(status.From))
            return;
        switch (GossipExchange.Compare(_gossip, status.Version, status.SeenDigest))
        {
            case GossipExchange.Next.AskForTheirs:
                _peers.Tell(status.From.Address, new ClusterProtocol.GossipStatus(_self, _gossip.Version, _gossip.SeenDigest));
                break;
            case GossipExchange.Next.TellMine:
                _peers.TellView(status.From, _gossip);
                break;
        }
    }

    private void OnLeave(Address address)
    {
        if (MembershipChanges.Leave(_gossip, address) is { } changed)
        {
            _log.Info("Cluster Node [{0}] - Marked address [{1}] as [Leaving]", _self.Address, address);
            Change(changed);
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
        OnLeave(_self.Address);
    }

    private void OnConfirmExiting()
    {
        _isShuttingDown = true;
        _peers.TellOthers(_gossip, new ClusterProtocol.ExitingConfirmed(_self));
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
        if (MembershipChanges.Down(_gossip, address) is { } changed)
        {
            _log.Info("Cluster Node [{0}] - Marking node [{1}] as [Down]", _self.Address, address);
            Change(changed);
        }
    }

    private void OnObserved(ClusterProtocol.Observed observed)
    {
        if (MembershipChanges.Observed(_gossip, _self, observed.Address, observed.IsAvailable) is { } changed)
        {
            _log.Warning("Cluster Node [{0}] - Marking node as {1} [{2}]", _self.Address, observed.IsAvailable ? "REACHABLE" : "UNREACHABLE", observed.Address);
            Change(changed);
        }
    }

    private void OnDied(ClusterProtocol.Died died)
    {
        UniqueAddress node = new(died.Address, died.Uid ?? 0);
        _lost.Died(node);
        if (MembershipChanges.Died(_gossip, _self, node, _settings.DownsOnEvidenceOfDeath) is { } changed)
        {
            _log.Warning("Cluster Node [{0}] - The process of [{1}] has ended: its host refuses the port or a new one answers", _self.Address, died.Address);
            Change(changed);
        }
    }

    private void OnGossipTick()
    {
        if (IsMember && !_isShuttingDown)
            _peers.Gossip(_gossip, _settings.GossipDifferentViewProbability);
    }

    private void OnLeaderTick()
    {
        if (!IsMember)
            return;
        RunLeaderActions();
        _lost.Tick(_gossip);
        _gossip = _gossip.PruneTombstones(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)s_tombstoneLife.TotalSeconds);
    }

    private void RunLeaderActions()
    {
        if (!IsMember || !IsLeader || _isShuttingDown)
            return;
        LeaderActions actions;
        if (MembershipRules.Converged(_gossip, _self, _exitingConfirmed))
        {
            _unconvergedSince = null;
            actions = MembershipRules.AtConvergence(_gossip, _self, _exitingConfirmed, HasEnoughMembers);
        }
        else
        {
            _unconvergedSince ??= Context.System.Scheduler.MonotonicClock;
            bool isLong = Context.System.Scheduler.MonotonicClock - _unconvergedSince >= _settings.WeaklyUpAfter;
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
    private void Change(Gossip changed)
    {
        Adopt(changed.Increment(_self).OnlySeen(_self));
        Push();
        RunLeaderActions();
    }

    private void Adopt(Gossip next)
    {
        Gossip before = _gossip;
        _gossip = next;
        _cluster.Publish(next);
        List<ClusterEvent.IClusterDomainEvent> events = MembershipDiff.Events(before, next, _self);
        foreach (ClusterEvent.MemberRemoved removed in events.OfType<ClusterEvent.MemberRemoved>())
        {
            _peers.Forget(removed.Member.Address);
            _lost.Removed(removed.Member, removed.PreviousStatus);
            _cluster.Provider.Transport.Quarantine(removed.Member.Address, removed.Member.UniqueAddress.Uid, "it was removed from the cluster");
        }

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
                _callbacks.Up();
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
        {
            // The system goes on, and with it the answers to heartbeats: nobody would find this node unreachable.
            _peers.TellOthers(_gossip, new ClusterProtocol.ExitingConfirmed(_self));
            Context.Stop(Self);
        }
    }

    private void WatchNeighbours()
    {
        ImmutableArray<UniqueAddress> receivers = HeartbeatRing.Receivers(
            _self, _gossip.Members.Select(m => m.UniqueAddress), _gossip.Reachability.AllUnreachable, _settings.MonitoredByNrOfMembers);
        _cluster.Provider.Transport.Heartbeats.SetTargets(this, [.. receivers.Select(r => new HeartbeatTarget(r.Address, r.Uid))]);
    }

    private void Push() => _peers.Push(_gossip);
}
