#nullable disable

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// A scheduler whose time stands still until the test moves it: <c>akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"</c>.
/// What becomes due runs on the test's thread, in the order of due times; the messages that it tells are handled as ever, by the dispatcher.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Work, (TimeSpan Due, long Number)> _works = new();
    private TimeSpan _elapsed;
    private long _numbers;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
    }

    /// <summary>Time begins at the same moment in every test.</summary>
    private static DateTimeOffset Beginning { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now => Beginning + MonotonicClock;

    public TimeSpan MonotonicClock
    {
        get
        {
            lock (_lock)
                return _elapsed;
        }
    }

    public TimeSpan HighResMonotonicClock => MonotonicClock;

    public IAdvancedScheduler Advanced => this;

    /// <summary>Runs what becomes due meanwhile, each at its time.</summary>
    public void Advance(TimeSpan offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, TimeSpan.Zero);
        TimeSpan until = MonotonicClock + offset;
        while (TakeDue(until) is { } work)
        {
            if (work.Cancelable is { IsCancellationRequested: true })
                continue;
            if (work.Interval is { } interval)
                Add(work, interval);
            work.Action();
        }
    }

    public void AdvanceTo(DateTimeOffset when) => Advance(when - Now);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) => ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        ScheduleOnce(delay, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        ScheduleRepeatedly(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(new Work(action, null, cancelable), delay);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Add(new Work(action, interval, cancelable), initialDelay);
    }

    private void Add(Work work, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        lock (_lock)
            _works.Enqueue(work, (_elapsed + delay, _numbers++));
    }

    private Work TakeDue(TimeSpan until)
    {
        lock (_lock)
        {
            if (!_works.TryPeek(out Work work, out (TimeSpan Due, long Number) key) || key.Due > until)
            {
                _elapsed = until;
                return null;
            }

            _works.Dequeue();
            _elapsed = key.Due > _elapsed ? key.Due : _elapsed;
            return work;
        }
    }

    private sealed record Work(Action Action, TimeSpan? Interval, ICancelable Cancelable);
}
