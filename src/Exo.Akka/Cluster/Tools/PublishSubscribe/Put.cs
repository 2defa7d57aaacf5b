using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Registers a local actor under its path, for <see cref="Send"/> and <see cref="SendToAll"/>.</summary>
public sealed record Put
{
    public Put(IActorRef @ref) => Ref = @ref;

    public IActorRef Ref { get; }
}
