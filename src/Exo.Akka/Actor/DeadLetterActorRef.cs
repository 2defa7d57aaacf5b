using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Where messages for no one go: published on the event stream.</summary>
internal sealed class DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    public override bool IsTerminated => true;

    /// <summary>A message that <paramref name="recipient"/> can no longer take.</summary>
    public void Lost(object message, IActorRef sender, IActorRef recipient)
    {
        switch (message)
        {
            case DeadLetter letter:
                eventStream.Publish(letter);
                break;
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case ActorSelectionMessage { Message: Identify identify }:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case ActorSelectionMessage { Message: IDeadLetterSuppression suppressed }:
                eventStream.Publish(new SuppressedDeadLetter(suppressed, sender ?? this, recipient));
                break;
            case ActorSelectionMessage selection:
                eventStream.Publish(new DeadLetter(selection.Message, sender ?? this, recipient));
                break;
            case IDeadLetterSuppression suppressed:
                eventStream.Publish(new SuppressedDeadLetter(suppressed, sender ?? this, this));
                break;
            default:
                eventStream.Publish(new DeadLetter(message, sender ?? this, recipient));
                break;
        }
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch && !watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        // Who asks for the dead letters themselves has found them: there is nobody, rather than no answer.
        if (message is Identify identify)
            sender?.Tell(new ActorIdentity(identify.MessageId, ActorRefs.Nobody), ActorRefs.NoSender);
        else
            Lost(message, sender, this);
    }
}
