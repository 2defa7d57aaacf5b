namespace Akka.Remote.Transport;

/// <summary>What a connection carries: each kind has its own socket, so that none delays another.</summary>
internal enum Lane : byte
{
    Control = 0,
    Bulk = 1,
    Heartbeat = 2,
}
