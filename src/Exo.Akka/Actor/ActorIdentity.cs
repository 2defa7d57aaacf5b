namespace Akka.Actor;

public sealed class ActorIdentity
{
    public ActorIdentity(object messageId, IActorRef subject)
    {
        MessageId = messageId;
        Subject = subject;
    }

    public object MessageId { get; }

    public IActorRef Subject { get; }

    public override string ToString() => $"ActorIdentity({MessageId}, {Subject})";
}
