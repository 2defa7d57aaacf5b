using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Ends a system in phases; tasks of one phase run side by side, phases one after the other.</summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly IReadOnlyList<ShutdownPhase> _phases;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Name, Func<Task<Done>> Task)>> _tasks = new();
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILoggingAdapter _log;
    private Reason _reason;

    private CoordinatedShutdown(ActorSystemImpl system)
    {
        System = system;
        _log = Logging.GetLogger(system, "CoordinatedShutdown");
        _phases = ShutdownPhase.InOrder(system.Settings.Config.GetConfig("akka.coordinated-shutdown"));
    }

    public ExtendedActorSystem System { get; }

    public Reason ShutdownReason => Volatile.Read(ref _reason);

    public TimeSpan TotalTimeout
        => _phases.Where(phase => _tasks.ContainsKey(phase.Name)).Aggregate(TimeSpan.Zero, (total, phase) => total + phase.Timeout);

    public static CoordinatedShutdown Get(ActorSystem sys) => sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        IndexOf(phase);
        _tasks.GetOrAdd(phase, _ => new()).Enqueue((taskName, task));
    }

    public TimeSpan Timeout(string phase)
        => _phases.FirstOrDefault(known => known.Name == phase)?.Timeout ?? throw new ArgumentException($"Unknown phase [{phase}]", nameof(phase));

    public Task<Done> Run(Reason reason, string fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        int first = fromPhase is null ? 0 : IndexOf(fromPhase);
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            _ = RunPhases(first);
        return _done.Task;
    }

    internal static CoordinatedShutdown Create(ActorSystemImpl system)
    {
        CoordinatedShutdown shutdown = new(system);
        Config section = system.Settings.Config.GetConfig("akka.coordinated-shutdown");
        if (section.GetBoolean("terminate-actor-system", true))
            shutdown.AddTask(PhaseActorSystemTerminate, "terminate-system", () => TerminateSystem(system, section.GetBoolean("exit-clr")));
        if (section.GetBoolean("run-by-clr-shutdown-hook", true))
            shutdown.HookProcessExit();
        return shutdown;
    }

    private static async Task<Done> TerminateSystem(ActorSystemImpl system, bool exit)
    {
        await system.FinalTerminate().ConfigureAwait(false);
        if (exit)
            Environment.Exit(0);
        return Done.Instance;
    }

    private void HookProcessExit()
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        System.RegisterOnTermination(() => AppDomain.CurrentDomain.ProcessExit -= OnExit);

        void OnExit(object sender, EventArgs arguments)
        {
            if (System.WhenTerminated.IsCompleted)
                return;
            // The process waits for its exit handlers and for nothing else.
            using ManualResetEventSlim ended = new();
            Run(ClrExitReason.Instance).ContinueWith(_ => ended.Set(), TaskScheduler.Default);
            ended.Wait(TotalTimeout);
        }
    }

    private async Task RunPhases(int first)
    {
        // Whoever calls Run, perhaps an actor, goes on at once.
        await Task.Yield();
        foreach (ShutdownPhase phase in _phases.Skip(first))
        {
            try
            {
                await RunPhase(phase).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Reported to whoever awaits the shutdown.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                _done.TrySetException(cause);
                return;
            }
        }

        _done.TrySetResult(Done.Instance);
    }

    private async Task RunPhase(ShutdownPhase phase)
    {
        if (!_tasks.TryGetValue(phase.Name, out ConcurrentQueue<(string Name, Func<Task<Done>> Task)> tasks))
            return;
        _log.Debug("Performing phase [{0}] with {1} tasks", phase.Name, tasks.Count);
        Stopwatch watch = Stopwatch.StartNew();
        Task all = Task.WhenAll(tasks.Select(task => RunTask(phase, task.Name, task.Task)));
        try
        {
            await all.WaitAsync(phase.Timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (phase.Recover)
        {
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}: going on", phase.Name, watch.Elapsed);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Coordinated shutdown phase [{phase.Name}] timed out after {watch.Elapsed}");
        }
    }

    private async Task RunTask(ShutdownPhase phase, string name, Func<Task<Done>> task)
    {
        try
        {
            await task().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A recovering phase logs its failures and goes on.
        catch (Exception cause) when (phase.Recover)
#pragma warning restore CA1031
        {
            _log.Warning(cause, "Task [{0}] failed in phase [{1}]: {2}", name, phase.Name, cause.Message);
        }
    }

    private int IndexOf(string phase)
    {
        for (int i = 0; i < _phases.Count; i++)
        {
            if (_phases[i].Name == phase)
                return i;
        }

        throw new ConfigurationException($"Unknown phase [{phase}]: known are {string.Join(", ", _phases.Select(known => known.Name))}");
    }

    public class Reason
    {
        protected Reason()
        {
        }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }

    public class ClusterDowningReason : Reason
    {
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason()
        {
        }
    }

    public class ClusterLeavingReason : Reason
    {
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason()
        {
        }
    }

    public class ClusterJoinUnsuccessfulReason : Reason
    {
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason()
        {
        }
    }
}
