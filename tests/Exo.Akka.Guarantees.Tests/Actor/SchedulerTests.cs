using System.Diagnostics;
using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class SchedulerTests : ActorTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(25)]
    public async Task Work_is_never_early(int milliseconds)
    {
        Probe probe = NewProbe();
        long start = Stopwatch.GetTimestamp();

        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(milliseconds), () => probe.Ref.Tell(Stopwatch.GetElapsedTime(start)));

        Assert.True(await probe.Expect<TimeSpan>() >= TimeSpan.FromMilliseconds(milliseconds));
    }

    [Fact]
    public async Task Work_runs_in_the_order_of_its_due_times()
    {
        Probe probe = NewProbe();

        foreach (int delay in (int[])[60, 20, 40, 20])
            System.Scheduler.ScheduleTellOnce(delay, probe.Ref, delay, ActorRefs.NoSender);

        await probe.Expect(20, 20, 40, 60);
    }

    [Fact]
    public async Task Cancelled_work_does_not_run()
    {
        Probe probe = NewProbe();

        ICancelable cancelled = System.Scheduler.ScheduleTellOnceCancelable(20, probe.Ref, "cancelled", ActorRefs.NoSender);
        System.Scheduler.ScheduleTellOnce(40, probe.Ref, "kept", ActorRefs.NoSender);
        cancelled.Cancel();

        await probe.Expect("kept");
    }

    [Fact]
    public async Task Repeated_work_goes_on_until_cancelled()
    {
        Probe probe = NewProbe();
        ICancelable repeated = System.Scheduler.Advanced.ScheduleRepeatedlyCancelable(1, 1, () => probe.Ref.Tell("tick"));

        await probe.Expect("tick", "tick", "tick");

        repeated.Cancel();
    }

    [Fact]
    public async Task Repeated_work_that_throws_is_not_run_again_and_other_work_is()
    {
        Probe probe = NewProbe();
        System.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), () =>
        {
            probe.Ref.Tell("tick");
            throw new InvalidOperationException("oops");
        });
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), probe.Ref, "later", ActorRefs.NoSender);

        await probe.Expect("tick", "later");
    }

    [Fact]
    public void A_negative_delay_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(-1), () => { }));

    [Fact]
    public async Task After_termination_nothing_can_be_scheduled()
    {
        await System.Terminate();

        Assert.Throws<SchedulerException>(() => System.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => { }));
    }

    [Fact]
    public async Task A_cancelable_cancels_its_token_after_a_while()
    {
        using Cancelable cancelable = new(System.Scheduler, TimeSpan.FromMilliseconds(10));
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        cancelable.Token.Register(cancelled.SetResult);

        await cancelled.Task.WaitAsync(Soon);

        Assert.True(cancelable.IsCancellationRequested);
        Assert.True(Cancelable.CreateCanceled().IsCancellationRequested);
    }
}
