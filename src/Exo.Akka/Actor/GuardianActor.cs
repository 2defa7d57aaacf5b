using Akka.Event;

namespace Akka.Actor;

/// <summary>The parent of the user's top-level actors.</summary>
internal sealed class GuardianActor : ActorBase
{
    protected override bool Receive(object message)
    {
        Context.System.EventStream.Publish(new DeadLetter(message, Sender, Self));
        return true;
    }

    // Children survive a failure of the guardian itself.
    protected override void PreRestart(Exception reason, object message)
    {
    }
}
