using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>One queued message: the only allocation of a tell.</summary>
internal sealed class MailboxNode(object message, IActorRef sender)
{
    public readonly object Message = message;
    public readonly IActorRef Sender = sender;
    public volatile MailboxNode Next;
}
