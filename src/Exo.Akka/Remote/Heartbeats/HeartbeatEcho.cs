using System.Net.Sockets;
using Akka.Remote.Transport;

namespace Akka.Remote.Heartbeats;

/// <summary>The watched end of a heartbeat connection: every byte comes back.</summary>
internal sealed class HeartbeatEcho : IDisposable
{
    private readonly BeatChannel _channel;

    public HeartbeatEcho(PeerConnection connection) => _channel = BeatChannel.Accepted(connection);

    public Socket Socket => _channel.Socket;

    /// <summary>False when the connection has ended.</summary>
    public bool Answer()
    {
        Span<byte> bytes = stackalloc byte[256];
        int received = _channel.Receive(bytes, out SocketError error);
        return error switch
        {
            SocketError.WouldBlock => true,
            SocketError.Success => _channel.Send(bytes[..received]),
            _ => false,
        };
    }

    public void Dispose() => _channel.Dispose();
}
