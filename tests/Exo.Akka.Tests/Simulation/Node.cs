using System.Collections.Immutable;
using Akka.Cluster;
using Akka.Cluster.Heartbeats;
using Akka.Cluster.Membership;
using Akka.Cluster.SBR;
using Akka.Remote;

namespace Akka.Tests.Simulation;

/// <summary>
/// One simulated member. It decides as the cluster daemon and the resolver do, with the same pure functions; only clock, timers and
/// messages are the simulation's.
/// </summary>
internal sealed class Node(SimulatedCluster cluster, int number, UniqueAddress self, Gossip view)
{
    private readonly Dictionary<UniqueAddress, PhiAccrualFailureDetector> _detectors = [];
    private ImmutableArray<UniqueAddress> _watched = [];
    private int _shape;
    private long _changedAt;
    private long? _unstableSince;
    private long _heartbeatAt;
    private Gossip _ledBy;

    public int Number => number;

    public UniqueAddress Self => self;

    public Gossip View { get; private set; } = view;

    /// <summary>Ended: crashed, or downed by itself or others.</summary>
    public bool IsDown { get; private set; }

    public void Crash() => IsDown = true;

    public void Start() => WatchNeighbours();

    public void GossipTick()
    {
        if (GossipTargets.ForRound(View, self, 0.8, cluster.Random) is not { } peer)
            return;
        if (View.Seen.Contains(peer))
            TellStatus(peer);
        else
            TellView(peer);
    }

    public void LeaderTick()
    {
        // The same view leads to the same actions.
        if (!ReferenceEquals(_ledBy, View))
            RunLeaderActions();
        _ledBy = View;
        Resolve();
    }

    public void HeartbeatTick()
    {
        foreach (UniqueAddress node in _watched)
        {
            // The answer comes before the next beat: noting its time now spares two events.
            if (cluster.RoundTrip(this, node) is { } roundTrip)
            {
                _heartbeatAt = cluster.Now + roundTrip;
                Detector(node).HeartBeat();
            }

            _heartbeatAt = cluster.Now;
            if (_detectors.TryGetValue(node, out PhiAccrualFailureDetector detector) && detector.IsAvailable != View.Reachability.IsReachable(self, node))
                Change(MembershipChanges.Observed(View, self, node.Address, detector.IsAvailable));
        }
    }

    public void OnGossip(UniqueAddress from, Gossip theirs)
    {
        if (IsDown || !View.HasMember(from) || !theirs.HasMember(self))
            return;
        GossipExchange exchange = GossipExchange.Receive(View, theirs, self);
        Adopt(exchange.View);
        if (exchange.Reply == GossipExchange.Answer.Everyone && GossipTargets.PushReachesAll(View))
            Push();
        else if (exchange.Reply != GossipExchange.Answer.None)
            TellView(from);
        RunLeaderActions();
    }

    public void OnStatus(UniqueAddress from, VectorClock version, int seenDigest)
    {
        if (IsDown || !View.HasMember(from))
            return;
        switch (GossipExchange.Compare(View, version, seenDigest))
        {
            case GossipExchange.Next.AskForTheirs:
                TellStatus(from);
                break;
            case GossipExchange.Next.TellMine:
                TellView(from);
                break;
        }
    }

    private PhiAccrualFailureDetector Detector(UniqueAddress node)
    {
        if (!_detectors.TryGetValue(node, out PhiAccrualFailureDetector detector))
        {
            _detectors[node] = detector = new PhiAccrualFailureDetector(
                8, 50, TimeSpan.FromMilliseconds(100), SimulatedCluster.Pause, SimulatedCluster.HeartbeatInterval, () => _heartbeatAt);
            _heartbeatAt = cluster.Now;
            detector.HeartBeat();
        }

        return detector;
    }

    private void RunLeaderActions()
    {
        if (IsDown || !self.Equals(MembershipRules.Leader(View, self)) || !MembershipRules.Converged(View, self, []))
            return;
        LeaderActions actions = MembershipRules.AtConvergence(View, self, [], _ => true);
        if (!actions.IsEmpty)
            Change(actions.Apply(View, cluster.Now / 1000));
    }

    private void Resolve()
    {
        if (View.Reachability.IsAllReachable)
        {
            _unstableSince = null;
            return;
        }

        ImmutableHashSet<UniqueAddress> unreachable =
            [.. MembershipDiff.Unreachable(View, self).Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Exiting)).Select(member => member.UniqueAddress)];
        if (unreachable.IsEmpty || IsDown)
        {
            _unstableSince = null;
            return;
        }

        _unstableSince ??= cluster.Now;
        bool isStable = cluster.Now - _changedAt >= cluster.Settings.DowningStableAfter.TotalMilliseconds;
        bool isTooLong = cluster.Now - _unstableSince >= (cluster.Settings.DowningStableAfter + cluster.Settings.DownAllWhenUnstable).TotalMilliseconds;
        if (!isStable && !isTooLong)
            return;
        ImmutableHashSet<UniqueAddress> losers = isStable
            ? DowningRules.Decide(cluster.Settings, View.Members, unreachable, DowningRules.IndirectlyConnected(View))
            : [.. View.Members.Select(member => member.UniqueAddress)];
        _changedAt = cluster.Now;
        bool goesItself = losers.Contains(self);
        if (!goesItself && !self.Equals(MembershipRules.Leader(View, self)))
            return;
        cluster.Note($"{cluster.Now} {number} downs {losers.Count}{(isStable ? "" : ", unstable for too long")}");
        foreach (UniqueAddress loser in losers.Where(loser => !loser.Equals(self)))
            Change(MembershipChanges.Down(View, loser.Address));
        if (goesItself)
            Change(MembershipChanges.Down(View, self.Address));
    }

    /// <param name="changed">Null: nothing to change.</param>
    private void Change(Gossip changed)
    {
        if (changed is null || IsDown)
            return;
        Adopt(changed.Increment(self).OnlySeen(self));
        Push();
        RunLeaderActions();
    }

    private void Adopt(Gossip next)
    {
        Gossip before = View;
        View = next;
        if (ReferenceEquals(before.Members, next.Members) && ReferenceEquals(before.Reachability, next.Reachability))
            return;
        int shape = Shape();
        if (shape != _shape)
        {
            _shape = shape;
            _changedAt = cluster.Now;
            WatchNeighbours();
        }

        if (next.Find(self) is { Status: MemberStatus.Down })
        {
            Push();
            IsDown = true;
        }
    }

    /// <summary>Changes with whatever would be an event of membership or reachability.</summary>
    private int Shape()
    {
        HashCode hash = default;
        foreach (Member member in View.Members)
        {
            hash.Add(member.UniqueAddress.Uid);
            hash.Add(member.Status);
        }

        int unreachable = 0;
        foreach (UniqueAddress node in View.TrustedReachability.AllUnreachable)
            unreachable += (node.Uid + 1) * 0x9E3779B;
        hash.Add(unreachable);
        return hash.ToHashCode();
    }

    private void WatchNeighbours()
    {
        _watched = HeartbeatRing.Receivers(self, View.Members.Select(member => member.UniqueAddress), View.Reachability.AllUnreachable, SimulatedCluster.Watchers);
        foreach (UniqueAddress gone in _detectors.Keys.Where(node => !_watched.Contains(node)).ToArray())
            _detectors.Remove(gone);
        foreach (UniqueAddress node in _watched)
            Detector(node);
    }

    private void Push()
    {
        foreach (UniqueAddress peer in GossipTargets.ForPush(View, self, cluster.Random))
            TellView(peer);
    }

    private void TellStatus(UniqueAddress peer)
    {
        VectorClock version = View.Version;
        int seenDigest = View.SeenDigest;
        cluster.Send(this, peer, receiver => receiver.OnStatus(self, version, seenDigest));
    }

    private void TellView(UniqueAddress peer)
    {
        Gossip told = View;
        cluster.Send(this, peer, receiver => receiver.OnGossip(self, told));
    }
}
