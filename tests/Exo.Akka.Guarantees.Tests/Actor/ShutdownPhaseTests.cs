using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ShutdownPhaseTests : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task The_phases_run_in_their_order_whatever_the_order_of_their_tasks()
    {
        string[] phases =
        [
            "before-service-unbind", "service-unbind", "service-requests-done", "service-stop", "before-cluster-shutdown", "cluster-sharding-shutdown-region",
            "cluster-leave", "cluster-exiting", "cluster-exiting-done", "cluster-shutdown", "before-actor-system-terminate", "actor-system-terminate",
        ];
        CoordinatedShutdown shutdown = Make();
        List<string> order = [];
        foreach (string phase in phases.Reverse())
            shutdown.AddTask(phase, "note", () => Note(order, phase));

        await Run(shutdown);

        Assert.Equal(phases, order);
    }

    [Theory]
    [InlineData(CoordinatedShutdown.PhaseBeforeServiceUnbind, 5)]
    [InlineData(CoordinatedShutdown.PhaseServiceUnbind, 5)]
    [InlineData(CoordinatedShutdown.PhaseServiceRequestsDone, 5)]
    [InlineData(CoordinatedShutdown.PhaseServiceStop, 5)]
    [InlineData(CoordinatedShutdown.PhaseBeforeClusterShutdown, 5)]
    [InlineData(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, 10)]
    [InlineData(CoordinatedShutdown.PhaseClusterLeave, 5)]
    [InlineData(CoordinatedShutdown.PhaseClusterExiting, 10)]
    [InlineData(CoordinatedShutdown.PhaseClusterExitingDone, 5)]
    [InlineData(CoordinatedShutdown.PhaseClusterShutdown, 5)]
    [InlineData(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, 5)]
    [InlineData(CoordinatedShutdown.PhaseActorSystemTerminate, 10)]
    public void Each_phase_has_its_own_time(string phase, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Make().Timeout(phase));

    [Fact]
    public void The_time_of_an_unknown_phase_is_an_ArgumentException() => Assert.Throws<ArgumentException>(() => Make().Timeout("no-such-phase"));

    [Fact]
    public void The_total_time_is_that_of_the_phases_with_tasks()
    {
        CoordinatedShutdown shutdown = Make();
        TimeSpan before = shutdown.TotalTimeout;

        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "one", () => Task.FromResult(Done.Instance));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "another", () => Task.FromResult(Done.Instance));

        Assert.Equal(TimeSpan.FromSeconds(5), shutdown.TotalTimeout - before);
    }

    [Fact]
    public async Task Tasks_of_one_phase_run_at_the_same_time()
    {
        CoordinatedShutdown shutdown = Make();
        TaskCompletionSource<Done> met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool waited = false;
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "waits for the other", async () =>
        {
            await met.Task;
            waited = true;
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "the other", () =>
        {
            met.SetResult(Done.Instance);
            return Task.FromResult(Done.Instance);
        });

        await Run(shutdown);

        Assert.True(waited);
    }

    [Fact]
    public async Task A_failed_task_does_not_keep_the_later_phases_from_running()
    {
        CoordinatedShutdown shutdown = Make();
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "throws", () => throw new InvalidOperationException("oops"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "fails", () => Task.FromException<Done>(new InvalidOperationException("oops")));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "later"));

        await Run(shutdown);

        Assert.Equal(["later"], order);
    }

    [Fact]
    public async Task Without_recover_a_failure_ends_the_shutdown_and_is_its_result()
    {
        CoordinatedShutdown shutdown = Make("akka.coordinated-shutdown.phases.service-unbind.recover = off");
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "fails", () => Task.FromException<Done>(new InvalidOperationException("oops")));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "later"));

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => Run(shutdown));

        Assert.Contains("oops", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(order);
    }

    [Fact]
    public async Task A_phase_that_takes_too_long_is_left_behind()
    {
        CoordinatedShutdown shutdown = Make("akka.coordinated-shutdown.phases.service-unbind.timeout = 50ms");
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "never ends", () => new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "later"));

        await Run(shutdown);

        Assert.Equal(["later"], order);
    }

    [Fact]
    public async Task Run_may_begin_at_a_later_phase()
    {
        CoordinatedShutdown shutdown = Make();
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "note", () => Note(order, "earlier"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "the first"));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "note", () => Note(order, "later"));

        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceStop).WaitAsync(s_soon);

        Assert.Equal(["the first", "later"], order);
    }

    [Fact]
    public async Task A_second_run_is_the_first_one_and_the_first_reason_stays()
    {
        CoordinatedShutdown shutdown = Make();
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "once"));
        Assert.Null(shutdown.ShutdownReason);

        Task<Done> first = shutdown.Run(new MyReason());
        Task<Done> second = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);
        await Task.WhenAll(first, second).WaitAsync(s_soon);

        Assert.Equal(["once"], order);
        Assert.IsType<MyReason>(shutdown.ShutdownReason);
    }

    [Fact]
    public void Each_reason_has_its_instance()
    {
        CoordinatedShutdown.Reason[] reasons =
        [
            CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.ActorSystemTerminateReason.Instance, CoordinatedShutdown.ClrExitReason.Instance,
            CoordinatedShutdown.ClusterDowningReason.Instance, CoordinatedShutdown.ClusterLeavingReason.Instance, CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance,
        ];

        Assert.Equal(6, reasons.Select(reason => reason.GetType()).Distinct().Count());
    }

    [Fact]
    public async Task Terminate_need_not_run_it()
    {
        CoordinatedShutdown shutdown = Make("akka.coordinated-shutdown.run-by-actor-system-terminate = off");
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "ran"));

        await shutdown.System.Terminate().WaitAsync(s_soon);

        Assert.Empty(order);
        Assert.Null(shutdown.ShutdownReason);
    }

    [Fact]
    public async Task It_need_not_end_the_system()
    {
        CoordinatedShutdown shutdown = Make("akka.coordinated-shutdown { terminate-actor-system = off\n run-by-actor-system-terminate = off }");

        await Run(shutdown);

        Assert.False(shutdown.System.WhenTerminated.IsCompleted);
        Assert.NotNull(shutdown.System.ActorOf(Props.Empty));
    }

    [Fact]
    public void The_keys_have_their_defaults()
    {
        Config config = Make().System.Settings.Config.GetConfig("akka.coordinated-shutdown");

        Assert.Equal(TimeSpan.FromSeconds(5), config.GetTimeSpan("default-phase-timeout"));
        Assert.True(config.GetBoolean("terminate-actor-system"));
        Assert.False(config.GetBoolean("exit-clr", true));
        Assert.True(config.GetBoolean("run-by-actor-system-terminate"));
    }

    [Fact]
    public async Task A_phase_of_ones_own_runs_after_what_it_depends_on()
    {
        CoordinatedShutdown shutdown = Make("akka.coordinated-shutdown.phases { mine.depends-on = [service-stop]\n before-cluster-shutdown.depends-on = [mine] }");
        List<string> order = [];
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "note", () => Note(order, "after"));
        shutdown.AddTask("mine", "note", () => Note(order, "mine"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "before"));

        await Run(shutdown);

        Assert.Equal(["before", "mine", "after"], order);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // A shutdown that has failed would not end the system any more.
        foreach (ActorSystem system in _systems)
            ((ExtendedActorSystem)system).Abort();
        await Task.WhenAll(_systems.Select(system => system.WhenTerminated));
    }

    private static Task<Done> Note(List<string> order, string name)
    {
        lock (order)
            order.Add(name);
        return Task.FromResult(Done.Instance);
    }

    private static Task Run(CoordinatedShutdown shutdown) => shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(s_soon);

    private CoordinatedShutdown Make(string hocon = "")
    {
        ActorSystem system = ActorSystem.Create("ending", ConfigurationFactory.ParseString(
            $"{hocon}\nakka.stdout-loglevel = OFF\nakka.loggers = []\nakka.coordinated-shutdown.run-by-clr-shutdown-hook = off"));
        _systems.Add(system);
        return CoordinatedShutdown.Get(system);
    }

    private sealed class MyReason : CoordinatedShutdown.Reason;
}
