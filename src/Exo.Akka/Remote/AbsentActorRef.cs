using Akka.Actor;

namespace Akka.Remote;

/// <summary>A path of this node at which no actor lives: keeps the path for an answer; messages to it are dead letters.</summary>
internal sealed class AbsentActorRef(IActorRefProvider provider, ActorPath path) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    protected override void TellInternal(object message, IActorRef sender) => Provider.DeadLetters.Tell(message, sender);
}
