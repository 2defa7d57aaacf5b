using Akka.Actor;
using Akka.Configuration;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class CoordinatedShutdownTests : ActorTest
{
    [Fact]
    public async Task Phases_run_in_order_and_end_with_the_system()
    {
        List<string> order = [];
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(System);
        foreach (string phase in (string[])[CoordinatedShutdown.PhaseClusterLeave, CoordinatedShutdown.PhaseServiceUnbind, CoordinatedShutdown.PhaseBeforeServiceUnbind])
        {
            shutdown.AddTask(phase, "note", () =>
            {
                order.Add(phase);
                return Task.FromResult(Done.Instance);
            });
        }

        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);

        Assert.Equal(["before-service-unbind", "service-unbind", "cluster-leave"], order);
        Assert.True(System.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Terminate_runs_it_with_the_reason_for_that_and_the_first_reason_wins()
    {
        await System.Terminate();
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);

        Assert.Same(CoordinatedShutdown.ActorSystemTerminateReason.Instance, CoordinatedShutdown.Get(System).ShutdownReason);
    }

    [Fact]
    public async Task A_failing_and_a_late_task_do_not_stop_the_shutdown()
    {
        using ActorSystem system = ActorSystem.Create(
            "late", ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.coordinated-shutdown.phases.service-stop.timeout = 50ms"));
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "fails", () => throw new InvalidOperationException("oops"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "never ends", () => new TaskCompletionSource<Done>().Task);

        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Soon);

        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public void An_unknown_phase_is_refused()
        => Assert.Throws<ConfigurationException>(
            () => CoordinatedShutdown.Get(System).AddTask("no-such-phase", "task", () => Task.FromResult(Done.Instance)));

    [Theory]
    [InlineData(CoordinatedShutdown.PhaseServiceUnbind, 5)]
    [InlineData(CoordinatedShutdown.PhaseClusterExiting, 10)]
    [InlineData(CoordinatedShutdown.PhaseActorSystemTerminate, 10)]
    public void Each_phase_has_its_time(string phase, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), CoordinatedShutdown.Get(System).Timeout(phase));
}
