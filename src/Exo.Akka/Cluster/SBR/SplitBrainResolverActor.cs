using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.SBR;

/// <summary>Waits until membership and reachability have been still for the configured time, then lets the rules decide; the leader of the side acts.</summary>
internal sealed class SplitBrainResolverActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private readonly Cluster _cluster;
    private readonly SplitBrainResolverSettings _settings;
    private readonly ILoggingAdapter _log;
    private TimeSpan _changedAt;
    private TimeSpan? _unstableSince;

    public SplitBrainResolverActor(Cluster cluster, SplitBrainResolverSettings settings)
    {
        _cluster = cluster;
        _settings = settings;
        _log = Context.GetLogger();
        Changed();
        Receive<ClusterEvent.IReachabilityEvent>(_ => Changed());
        Receive<ClusterEvent.IMemberEvent>(_ => Changed());
        Receive<ClusterEvent.CurrentClusterState>(_ => Changed());
        Receive<Look>(_ => OnLook());
    }

    public ITimerScheduler Timers { get; set; }

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer("look", new Look(), s_look);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void Changed() => _changedAt = Now;

    private void OnLook()
    {
        ClusterEvent.CurrentClusterState state = _cluster.State;
        ImmutableHashSet<UniqueAddress> unreachable =
            [.. state.Unreachable.Where(m => m.Status is not (MemberStatus.Down or MemberStatus.Exiting)).Select(m => m.UniqueAddress)];
        if (unreachable.IsEmpty)
        {
            _unstableSince = null;
            return;
        }

        TimeSpan now = Now;
        _unstableSince ??= now;
        bool isStable = now - _changedAt >= _settings.DowningStableAfter;
        bool isTooLong = _settings.DownAllWhenUnstable > TimeSpan.Zero
            && now - _unstableSince >= _settings.DowningStableAfter + _settings.DownAllWhenUnstable;
        if (!isStable && !isTooLong)
            return;
        ImmutableHashSet<UniqueAddress> losers = isStable
            ? DowningRules.Decide(_settings, state.Members, unreachable, DowningRules.IndirectlyConnected(_cluster.View))
            : [.. state.Members.Select(m => m.UniqueAddress)];
        Changed();
        Act(state, losers);
    }

    private void Act(ClusterEvent.CurrentClusterState state, ImmutableHashSet<UniqueAddress> losers)
    {
        bool goesItself = losers.Contains(_cluster.SelfUniqueAddress);
        if (!goesItself && !_cluster.SelfAddress.Equals(state.Leader))
            return;
        _log.Warning(
            "SBR took decision {0} and is downing [{1}]", _settings.DowningStrategy, string.Join(", ", losers.Select(n => n.Address)));
        foreach (UniqueAddress loser in losers.Where(n => !n.Equals(_cluster.SelfUniqueAddress)))
            _cluster.Down(loser.Address);
        if (goesItself)
            _cluster.Down(_cluster.SelfAddress);
    }

    private sealed record Look;
}
