namespace Akka.Actor;

/// <summary>
/// Tells an actor <see cref="ReceiveTimeout"/> when it has been idle. A message only moves the deadline; the one timer in flight
/// looks at it when it fires, so a busy actor costs no scheduler traffic.
/// </summary>
internal sealed class ReceiveTimeoutClock(IScheduler scheduler, IActorRef receiver, TimeSpan timeout)
{
    private const long Held = long.MaxValue;
    private readonly Lock _lock = new();
    private long _deadline = Held;
    private bool _timerInFlight;
    private bool _stopped;

    public void Hold() => Volatile.Write(ref _deadline, Held);

    public void Restart()
    {
        Volatile.Write(ref _deadline, (scheduler.MonotonicClock + timeout).Ticks);
        if (!Volatile.Read(ref _timerInFlight))
            Arm(timeout);
    }

    public void Stop() => Volatile.Write(ref _stopped, true);

    private void Arm(TimeSpan delay)
    {
        lock (_lock)
        {
            if (_timerInFlight)
                return;
            _timerInFlight = true;
        }

        scheduler.Advanced.ScheduleOnce(delay, Fire);
    }

    private void Fire()
    {
        TimeSpan next;
        lock (_lock)
        {
            if (_stopped)
                return;
            long deadline = Volatile.Read(ref _deadline);
            long left = deadline == Held ? timeout.Ticks : deadline - scheduler.MonotonicClock.Ticks;
            _timerInFlight = false;
            next = TimeSpan.FromTicks(left);
            if (left <= 0)
                Hold();
        }

        if (next > TimeSpan.Zero)
            Arm(next);
        else
            receiver.Tell(ReceiveTimeout.Instance, receiver);
    }
}
