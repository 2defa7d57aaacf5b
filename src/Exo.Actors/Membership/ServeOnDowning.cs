using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace Exo.Actors.Membership;

/// <summary>The downing provider of <see cref="DowningDecision"/>; named in <c>akka.cluster.downing-provider-class</c>.</summary>
public sealed class ServeOnDowning : IDowningProvider
{
    private readonly TimeSpan _silence;

    /// <summary>Made by the cluster extension.</summary>
    /// <param name="system">Its actor system, whose configuration holds <c>exo.downing.silence</c>.</param>
    /// <param name="cluster">The extension.</param>
    public ServeOnDowning(ActorSystem system, Cluster cluster)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(cluster);
        _silence = system.Settings.Config.GetTimeSpan("exo.downing.silence", TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc />
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <inheritdoc />
    public Props DowningActorProps => Props.Create<Watchman>(_silence);

    private sealed class Watchman : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
        private readonly Dictionary<UniqueAddress, TimeSpan> _silentSince = [];
        private readonly Cluster _cluster = Cluster.Get(Context.System);
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Watchman(TimeSpan silence)
        {
            Receive<ClusterEvent.UnreachableMember>(lost => _silentSince.TryAdd(lost.Member.UniqueAddress, Now));
            Receive<ClusterEvent.ReachableMember>(found => _silentSince.Remove(found.Member.UniqueAddress));
            Receive<ClusterEvent.MemberRemoved>(gone => _silentSince.Remove(gone.Member.UniqueAddress));
            Receive<ClusterEvent.IMemberEvent>(_ => { });
            Receive<Look>(_ =>
            {
                foreach (UniqueAddress silent in DowningDecision.Due(_silentSince, Now, silence))
                {
                    _log.Info("{0} has been unreachable for {1} ms: the others go on without it.", silent.Address, silence.TotalMilliseconds);
                    _silentSince.Remove(silent);
                    _cluster.Down(silent.Address);
                }
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

        protected override void PreStart()
        {
            _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachabilityEvent));
            Timers.StartPeriodicTimer("look", Look.Instance, s_look);
        }

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        private sealed record Look
        {
            public static readonly Look Instance = new();
        }
    }
}
