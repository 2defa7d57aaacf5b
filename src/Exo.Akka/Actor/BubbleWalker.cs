using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Stands above the root: it hears when the root ends, and nothing may fail up to here.</summary>
internal sealed class BubbleWalker(IActorRefProvider provider, ActorPath path, TaskCompletionSource terminated, ActorSystemImpl system) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                system.EventStream.Publish(new Error(failed.Cause, Path.ToString(), typeof(BubbleWalker), $"Guardian {failed.Child} failed, shutting down"));
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case DeathWatchNotification:
                terminated.TrySetResult();
                break;
        }
    }
}
