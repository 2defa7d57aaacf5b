namespace Akka.Actor;

public sealed class Identify : IAutoReceivedMessage, INotInfluenceReceiveTimeout
{
    public Identify(object messageId)
    {
        MessageId = messageId;
    }

    public object MessageId { get; }

    public override string ToString() => $"Identify({MessageId})";
}
