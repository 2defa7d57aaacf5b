using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>Something that waits to be written: a message with its serialized form, an acknowledgement, or the hint that system messages wait.</summary>
internal readonly record struct Outgoing
{
    /// <summary>Room taken in the queue beyond the payload.</summary>
    private const int Overhead = 128;

    public object Message { get; private init; }

    public RemoteActorRef Recipient { get; private init; }

    public IActorRef Sender { get; private init; }

    public int SerializerId { get; private init; }

    public string Manifest { get; private init; }

    public byte[] Payload { get; private init; }

    public FrameKind Kind { get; private init; }

    /// <summary>Number of the last system message that was delivered.</summary>
    public long Sequence { get; private init; }

    /// <summary>Whose system messages are acknowledged.</summary>
    public int Uid { get; private init; }

    public int Size => Overhead + (Payload?.Length ?? 0);

    public static Outgoing User(object message, RemoteActorRef recipient, IActorRef sender, int serializerId, string manifest, byte[] payload) => new()
    {
        Kind = FrameKind.Message,
        Message = message,
        Recipient = recipient,
        Sender = sender,
        SerializerId = serializerId,
        Manifest = manifest,
        Payload = payload,
    };

    public static Outgoing Ack(int uid, long sequence) => new() { Kind = FrameKind.Ack, Uid = uid, Sequence = sequence };

    /// <summary>Makes the lane connect and write the system messages that are unacknowledged.</summary>
    public static Outgoing System() => new() { Kind = FrameKind.System };
}
