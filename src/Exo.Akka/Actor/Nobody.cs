namespace Akka.Actor;

/// <summary>The reference that stands for no actor.</summary>
public sealed class Nobody : MinimalActorRef
{
    internal Nobody()
    {
    }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/Nobody");

    public override IActorRefProvider Provider => throw new NotSupportedException("Nobody has no provider");
}
