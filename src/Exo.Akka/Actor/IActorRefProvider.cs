using Akka.Actor.Internal;
using Akka.Serialization;

namespace Akka.Actor;

public interface IActorRefProvider
{
    IInternalActorRef RootGuardian { get; }

    IActorRef DeadLetters { get; }

    IActorRef IgnoreRef { get; }

    ActorPath RootPath { get; }

    Settings Settings { get; }

    IInternalActorRef TempContainer { get; }

    Task TerminationTask { get; }

    Address DefaultAddress { get; }

    Information SerializationInformation { get; }

    /// <summary>The address under which a node at <paramref name="address"/> reaches this one; null when it cannot.</summary>
    Address GetExternalAddressFor(Address address);

    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);

    IActorRef RootGuardianAt(Address address);

    ActorPath TempPath();

    void RegisterTempActor(IInternalActorRef actorRef, ActorPath path);

    void UnregisterTempActor(ActorPath path);

    internal LocalActorRef Guardian { get; }

    internal LocalActorRef SystemGuardian { get; }

    internal DeadLetterActorRef DeadLetterRef { get; }

    internal void Init(ActorSystemImpl system);
}
