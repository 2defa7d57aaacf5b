using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs the first dead letters, then is quiet for a while.</summary>
internal sealed class DeadLetterListener : ActorBase
{
    private readonly int _most;
    private readonly TimeSpan _quiet;
    private TimeSpan? _quietUntil;
    private int _seen;

    public DeadLetterListener()
    {
        _most = Context.System.Settings.LogDeadLetters;
        _quiet = Context.System.Settings.LogDeadLettersSuspendDuration;
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter || message is SuppressedDeadLetter || IsSilent())
            return true;
        _seen++;
        string reason = letter switch
        {
            Dropped dropped => $"dropped: {dropped.Reason}",
            UnhandledMessage => "unhandled",
            _ => "not delivered: dead letters encountered",
        };
        string last = _most != int.MaxValue && _seen >= _most ? $" No more dead letters are logged for {_quiet}." : "";
        Context.System.EventStream.Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} was {reason}. [{_seen}] since the start.{last}"));
        if (last.Length > 0)
            _quietUntil = Context.System.Scheduler.MonotonicClock + _quiet;
        return true;
    }

    private bool IsSilent()
    {
        Actor.Internal.ActorSystemImpl system = (Actor.Internal.ActorSystemImpl)Context.System;
        if (system.IsTerminating && !system.Settings.LogDeadLettersDuringShutdown)
            return true;
        if (_quietUntil is null)
            return false;
        if (system.Scheduler.MonotonicClock < _quietUntil)
            return true;
        _quietUntil = null;
        _seen = 0;
        return false;
    }
}
