using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class SchedulingTests : ActorTest
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Each_form_of_a_scheduled_tell_comes_with_its_sender()
    {
        Probe probe = NewProbe();
        Probe sender = NewProbe();

        System.Scheduler.ScheduleTellOnce(s_short, probe.Ref, "once", sender.Ref);
        await probe.Expect("once");
        Assert.Equal(sender.Ref, probe.LastSender);
        System.Scheduler.ScheduleTellOnce(5, probe.Ref, "once in ms", sender.Ref);
        await probe.Expect("once in ms");
        System.Scheduler.ScheduleTellOnceCancelable(s_short, probe.Ref, "once, cancelable", sender.Ref);
        await probe.Expect("once, cancelable");
        ICancelable repeated = System.Scheduler.ScheduleTellRepeatedlyCancelable(s_short, s_short, probe.Ref, "repeated", sender.Ref);
        await probe.Expect("repeated", "repeated");
        Assert.Equal(sender.Ref, probe.LastSender);
        repeated.Cancel();
    }

    [Fact]
    public async Task Each_form_of_scheduled_work_is_done()
    {
        Probe probe = NewProbe();
        IAdvancedScheduler scheduler = System.Scheduler.Advanced;

        scheduler.ScheduleOnce(s_short, () => probe.Ref.Tell("once"));
        await probe.Expect("once");
        scheduler.ScheduleOnce(5, () => probe.Ref.Tell("once in ms"));
        await probe.Expect("once in ms");
        scheduler.ScheduleOnceCancelable(s_short, () => probe.Ref.Tell("cancelable"));
        await probe.Expect("cancelable");
        scheduler.ScheduleOnceCancelable(5, () => probe.Ref.Tell("cancelable in ms"));
        await probe.Expect("cancelable in ms");
        ICancelable repeated = scheduler.ScheduleRepeatedlyCancelable(s_short, s_short, () => probe.Ref.Tell("repeated"));
        await probe.Expect("repeated", "repeated");
        repeated.Cancel();
    }

    [Fact]
    public async Task Work_given_a_cancelable_ends_with_it()
    {
        Probe probe = NewProbe();
        using Cancelable cancelable = new(System.Scheduler);
        System.Scheduler.ScheduleTellRepeatedly(s_short, s_short, probe.Ref, "tick", ActorRefs.NoSender, cancelable);
        await probe.Expect("tick", "tick");

        cancelable.Cancel();
        TaskCompletionSource passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(60), passed.SetResult);
        await passed.Task.WaitAsync(Soon);

        // The one that was under way may still have come.
        await Exo.Testing.Eventually.True(() => probe.Unread().Count == 0, Soon, "no more ticks");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Work_given_a_cancelled_cancelable_is_never_done()
    {
        Probe probe = NewProbe();

        System.Scheduler.ScheduleTellOnce(TimeSpan.Zero, probe.Ref, "never", ActorRefs.NoSender, Cancelable.CreateCanceled());
        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => probe.Ref.Tell("never"), Cancelable.CreateCanceled());
        System.Scheduler.ScheduleTellOnce(s_short, probe.Ref, "later", ActorRefs.NoSender);

        await probe.Expect("later");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public void Negative_delays_and_intervals_are_refused()
    {
        TimeSpan negative = TimeSpan.FromMilliseconds(-1);

        Assert.Throws<ArgumentOutOfRangeException>(() => System.Scheduler.ScheduleTellOnce(negative, System.DeadLetters, 1, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => System.Scheduler.ScheduleTellRepeatedly(negative, s_long, System.DeadLetters, 1, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => System.Scheduler.ScheduleTellRepeatedly(s_long, negative, System.DeadLetters, 1, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => System.Scheduler.Advanced.ScheduleRepeatedly(negative, s_long, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => System.Scheduler.Advanced.ScheduleRepeatedly(s_long, negative, () => { }));
    }

    [Fact]
    public async Task After_termination_scheduling_is_a_SchedulerException()
    {
        await System.Terminate();

        Assert.Throws<SchedulerException>(() => System.Scheduler.ScheduleTellOnce(s_long, System.DeadLetters, 1, null));
        Assert.Throws<SchedulerException>(() => System.Scheduler.ScheduleTellRepeatedly(s_long, s_long, System.DeadLetters, 1, null));
        Assert.Throws<SchedulerException>(() => System.Scheduler.Advanced.ScheduleRepeatedly(s_long, s_long, () => { }));
    }

    [Fact]
    public void The_scheduler_tells_the_time()
    {
        ITimeProvider time = System.Scheduler;
        TimeSpan monotonic = time.MonotonicClock;
        TimeSpan precise = time.HighResMonotonicClock;

        Assert.InRange(time.Now, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Assert.True(time.MonotonicClock >= monotonic);
        Assert.True(time.HighResMonotonicClock >= precise);
    }

    [Fact]
    public void A_cancelled_cancelable_has_cancelled_its_token()
    {
        using Cancelable cancelable = new(System.Scheduler);
        CancellationToken token = cancelable.Token;
        Assert.False(cancelable.IsCancellationRequested);
        Assert.False(token.IsCancellationRequested);

        cancelable.Cancel();

        Assert.True(cancelable.IsCancellationRequested);
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void Cancel_throws_the_first_exception_alone_or_all_together()
    {
        using Cancelable first = new(System.Scheduler);
        using Cancelable all = new(System.Scheduler);
        foreach (Cancelable cancelable in (Cancelable[])[first, all])
        {
            cancelable.Token.Register(() => throw new InvalidOperationException("one"));
            cancelable.Token.Register(() => throw new InvalidOperationException("two"));
        }

        Assert.Throws<InvalidOperationException>(() => first.Cancel(throwOnFirstException: true));
        Assert.Equal(2, Assert.Throws<AggregateException>(() => all.Cancel(throwOnFirstException: false)).InnerExceptions.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CancelAfter_cancels_when_its_time_has_come(bool milliseconds)
    {
        using Cancelable cancelable = new(System.Scheduler);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        cancelable.Token.Register(cancelled.SetResult);

        if (milliseconds)
            cancelable.CancelAfter(5);
        else
            cancelable.CancelAfter(s_short);

        await cancelled.Task.WaitAsync(Soon);
        Assert.True(cancelable.IsCancellationRequested);
    }

    [Fact]
    public async Task A_cancelable_made_with_a_delay_in_milliseconds_is_cancelled_after_it()
    {
        using Cancelable cancelable = new(System.Scheduler, 5);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        cancelable.Token.Register(cancelled.SetResult);

        await cancelled.Task.WaitAsync(Soon);

        Assert.True(cancelable.IsCancellationRequested);
    }

    [Fact]
    public void A_negative_time_to_cancel_after_is_refused()
    {
        using Cancelable cancelable = new(System.Scheduler);

        Assert.Throws<ArgumentOutOfRangeException>(() => cancelable.CancelAfter(TimeSpan.FromMilliseconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => cancelable.CancelAfter(-1));
    }
}
