using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs what no actor handled, for akka.actor.debug.unhandled.</summary>
internal sealed class UnhandledMessageForwarder : ActorBase
{
    protected override bool Receive(object message)
    {
        if (message is not UnhandledMessage unhandled)
            return false;
        // Published without a sender it is still worth a line.
        Context.System.EventStream.Publish(new Debug(
            unhandled.Recipient.Path.ToString(),
            unhandled.Recipient.GetType(),
            $"Unhandled message from {unhandled.Sender?.ToString() ?? "no sender"} : {unhandled.Message}"));
        return true;
    }
}
