namespace Akka.Actor;

/// <summary>
/// The timers of one incarnation. A firing timer sends a ticket with its generation; a ticket of a cancelled or replaced timer is
/// worth nothing, even when it was queued before.
/// </summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Timer> _timers = [];
    private long _generations;

    public IReadOnlyCollection<object> ActiveTimers => [.. _timers.Keys];

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => StartPeriodicTimer(key, msg, interval, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) => StartPeriodicTimer(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
        => StartPeriodicTimer(key, msg, initialDelay, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender)
    {
        TimerMessage ticket = Replace(key, msg, repeats: true, out Cancelable cancelable);
        cell.SystemImpl.Scheduler.ScheduleTellRepeatedly(initialDelay, interval, cell.Self, ticket, sender, cancelable);
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => StartSingleTimer(key, msg, timeout, ActorRefs.NoSender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender)
    {
        TimerMessage ticket = Replace(key, msg, repeats: false, out Cancelable cancelable);
        cell.SystemImpl.Scheduler.ScheduleTellOnce(timeout, cell.Self, ticket, sender, cancelable);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out Timer timer))
            timer.Cancelable.Cancel();
    }

    public void CancelAll()
    {
        foreach (Timer timer in _timers.Values)
            timer.Cancelable.Cancel();
        _timers.Clear();
    }

    /// <summary>False: the timer was cancelled or replaced, or belonged to an earlier incarnation.</summary>
    internal bool Accept(TimerMessage ticket, out object message)
    {
        message = null;
        if (!ReferenceEquals(ticket.Owner, this) || !_timers.TryGetValue(ticket.Key, out Timer timer) || timer.Generation != ticket.Generation)
            return false;
        if (!timer.Repeats)
            _timers.Remove(ticket.Key);
        message = timer.Message;
        return true;
    }

    private TimerMessage Replace(object key, object message, bool repeats, out Cancelable cancelable)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        cancelable = new Cancelable(cell.SystemImpl.Scheduler);
        Timer timer = new(message, ++_generations, repeats, cancelable);
        _timers[key] = timer;
        return message is INotInfluenceReceiveTimeout
            ? new QuietTimerMessage(this, key, timer.Generation)
            : new TimerMessage(this, key, timer.Generation);
    }

    internal class TimerMessage(TimerScheduler owner, object key, long generation) : INoSerializationVerificationNeeded
    {
        public TimerScheduler Owner { get; } = owner;

        public object Key { get; } = key;

        public long Generation { get; } = generation;

        public override string ToString() => $"TimerMessage({Key}, generation {Generation})";
    }

    internal sealed class QuietTimerMessage(TimerScheduler owner, object key, long generation)
        : TimerMessage(owner, key, generation), INotInfluenceReceiveTimeout;

    private sealed record Timer(object Message, long Generation, bool Repeats, Cancelable Cancelable);
}
