namespace Akka.Actor;

public sealed class Terminated : IAutoReceivedMessage, IPossiblyHarmful, Event.IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    public Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    {
        ActorRef = actorRef;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    public IActorRef ActorRef { get; }

    public bool AddressTerminated { get; }

    public bool ExistenceConfirmed { get; }

    public override string ToString() => $"Terminated({ActorRef}, existence confirmed: {ExistenceConfirmed}, address terminated: {AddressTerminated})";
}
