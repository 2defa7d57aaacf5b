namespace Akka.Remote.Transport;

/// <summary>First byte of a frame's body.</summary>
internal enum FrameKind : byte
{
    /// <summary>recipient, sender, serializer id, manifest, payload.</summary>
    Message = 1,

    /// <summary>sequence number, then a system message; delivered once and in order.</summary>
    System = 2,

    /// <summary>uid of the system that is meant, highest sequence number delivered.</summary>
    Ack = 3,

    /// <summary>Both ends forget the texts they numbered.</summary>
    ResetTexts = 4,
}
