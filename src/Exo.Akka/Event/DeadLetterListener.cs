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
        if (message is not AllDeadLetters letter || message is SuppressedDeadLetter || IsEnding())
            return true;
        _seen++;
        if (_quietUntil is null && _seen == _most && _most != int.MaxValue)
        {
            Log(letter, $", no more dead letters will be logged in next [{_quiet}]");
            _quietUntil = _quiet < TimeSpan.Zero ? TimeSpan.MaxValue : Context.System.Scheduler.MonotonicClock + _quiet;
        }
        else if (_quietUntil is null)
        {
            Log(letter, "");
        }
        else if (Context.System.Scheduler.MonotonicClock >= _quietUntil)
        {
            Log(letter, $", of which {_seen - _most - 1} were not logged");
            _quietUntil = null;
            _seen = 0;
        }

        return true;
    }

    private static bool IsEnding()
        => Context.System is Actor.Internal.ActorSystemImpl { IsTerminating: true } system && !system.Settings.LogDeadLettersDuringShutdown;

    private static string Named(string word, IActorRef actor) => actor is null or DeadLetterActorRef ? "" : $" {word} {actor}";

    private void Log(AllDeadLetters letter, string state)
    {
        string fate = letter switch
        {
            Dropped dropped => $"{Named("to", letter.Recipient)} was dropped. {dropped.Reason}",
            UnhandledMessage => $"{Named("to", letter.Recipient)} was unhandled",
            _ => $" to {letter.Recipient} was not delivered",
        };
        Context.System.EventStream.Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}]{Named("from", letter.Sender)}{fate}. [{_seen}] dead letters encountered{state}"));
    }
}
