using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The scheduler: a thread of its own over a heap ordered by due time, so work is never early and a busy thread pool never delays it.
/// Actions run on that thread and must be short; tells are.
/// </summary>
internal sealed class ThreadScheduler : IScheduler, IAdvancedScheduler, IDisposable
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ILoggingAdapter _log;
    private Work[] _heap = new Work[64];
    private int _count;
    private long _sequence;
    private bool _stopped;

    public ThreadScheduler(Config config, ILoggingAdapter log)
    {
        _log = log;
        new Thread(Run) { IsBackground = true, Name = "akka-scheduler", Priority = ThreadPriority.AboveNormal }.Start();
    }

    public IAdvancedScheduler Advanced => this;

    public DateTimeOffset Now => DateTimeOffset.Now;

    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender)
        => ScheduleTellOnce(delay, receiver, message, sender, cancelable: null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable)
        => Add(delay, TimeSpan.Zero, new Work(this, receiver, message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender)
        => ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable: null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable)
        => Add(initialDelay, CheckInterval(interval), new Work(this, receiver, message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, cancelable: null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable)
        => Add(delay, TimeSpan.Zero, new Work(this, action), cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action)
        => ScheduleRepeatedly(initialDelay, interval, action, cancelable: null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable)
        => Add(initialDelay, CheckInterval(interval), new Work(this, action), cancelable);

    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            Array.Clear(_heap);
            _count = 0;
        }

        _wake.Set();
    }

    private static TimeSpan CheckInterval(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return interval;
    }

    private static long Ticks(TimeSpan time) => (long)(time.Ticks * ((double)Stopwatch.Frequency / TimeSpan.TicksPerSecond));

    private void Add(TimeSpan delay, TimeSpan interval, Work work, ICancelable cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (cancelable is { IsCancellationRequested: true })
            return;
        work.Due = Stopwatch.GetTimestamp() + Ticks(delay);
        work.Interval = Ticks(interval);
        work.Cancelable = cancelable;
        bool first;
        lock (_lock)
        {
            if (_stopped)
                throw new SchedulerException("The scheduler was shut down with its ActorSystem: nothing more can be scheduled");
            work.Sequence = _sequence++;
            Push(work);
            first = work.Index == 0;
        }

        if (first)
            _wake.Set();
        if (cancelable is Cancelable own)
            own.Attach(work);
    }

    private void Run()
    {
        while (true)
        {
            Work due = null;
            int wait = Timeout.Infinite;
            lock (_lock)
            {
                if (_stopped)
                    return;
                if (_count > 0)
                {
                    long left = _heap[0].Due - Stopwatch.GetTimestamp();
                    if (left > 0)
                        wait = (int)Math.Min(int.MaxValue, (left * 1000 / Stopwatch.Frequency) + 1);
                    else
                        due = TakeDue();
                }
            }

            if (due is null)
                _wake.WaitOne(wait);
            else if (due.Cancelable is not { IsCancellationRequested: true })
                Execute(due);
        }
    }

    private Work TakeDue()
    {
        Work work = _heap[0];
        RemoveAt(0);
        if (work.Interval > 0 && work.Cancelable is not { IsCancellationRequested: true })
        {
            // A late scheduler does not fire the missed times in a burst.
            work.Due = Math.Max(work.Due + work.Interval, Stopwatch.GetTimestamp());
            work.Sequence = _sequence++;
            Push(work);
        }

        return work;
    }

    private void Execute(Work work)
    {
        try
        {
            work.Execute();
        }
#pragma warning disable CA1031 // One action's failure must not stop the clock for all others.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            _log.Error(cause, "A scheduled action failed; it is not run again");
            work.Remove();
        }
    }

    private static bool Before(Work left, Work right) => left.Due != right.Due ? left.Due < right.Due : left.Sequence < right.Sequence;

    private void Push(Work work)
    {
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        work.Index = _count++;
        _heap[work.Index] = work;
        SiftUp(work.Index);
    }

    private void RemoveAt(int index)
    {
        _heap[index].Index = -1;
        Work last = _heap[--_count];
        _heap[_count] = null;
        if (index == _count)
            return;
        _heap[index] = last;
        last.Index = index;
        SiftUp(index);
        SiftDown(last.Index);
    }

    private void SiftUp(int index)
    {
        Work work = _heap[index];
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(work, _heap[parent]))
                break;
            Place(_heap[parent], index);
            index = parent;
        }

        Place(work, index);
    }

    private void SiftDown(int index)
    {
        Work work = _heap[index];
        while ((2 * index) + 1 < _count)
        {
            int child = (2 * index) + 1;
            if (child + 1 < _count && Before(_heap[child + 1], _heap[child]))
                child++;
            if (!Before(_heap[child], work))
                break;
            Place(_heap[child], index);
            index = child;
        }

        Place(work, index);
    }

    private void Place(Work work, int index)
    {
        _heap[index] = work;
        work.Index = index;
    }

    private sealed class Work : IScheduledWork
    {
        private readonly ThreadScheduler _owner;
        private readonly Action _action;
        private readonly ICanTell _receiver;
        private readonly object _message;
        private readonly IActorRef _sender;

        public Work(ThreadScheduler owner, Action action)
        {
            ArgumentNullException.ThrowIfNull(action);
            _owner = owner;
            _action = action;
        }

        public Work(ThreadScheduler owner, ICanTell receiver, object message, IActorRef sender)
        {
            ArgumentNullException.ThrowIfNull(receiver);
            ArgumentNullException.ThrowIfNull(message);
            _owner = owner;
            _receiver = receiver;
            _message = message;
            _sender = sender;
        }

        public long Due { get; set; }

        public long Interval { get; set; }

        public long Sequence { get; set; }

        public int Index { get; set; } = -1;

        public ICancelable Cancelable { get; set; }

        public void Execute()
        {
            if (_action is not null)
                _action();
            else
                _receiver.Tell(_message, _sender);
        }

        public void Remove()
        {
            lock (_owner._lock)
            {
                if (Index >= 0 && !_owner._stopped)
                    _owner.RemoveAt(Index);
            }
        }
    }
}
