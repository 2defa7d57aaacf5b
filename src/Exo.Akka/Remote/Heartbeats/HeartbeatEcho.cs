using System.Net.Sockets;

namespace Akka.Remote.Heartbeats;

/// <summary>The watched end of a heartbeat connection: every byte comes back.</summary>
internal sealed class HeartbeatEcho : IDisposable
{
    public HeartbeatEcho(Socket socket)
    {
        Socket = socket;
        socket.Blocking = false;
    }

    public Socket Socket { get; }

    /// <summary>False when the connection has ended.</summary>
    public bool Answer()
    {
        Span<byte> bytes = stackalloc byte[256];
        try
        {
            int received = Socket.Receive(bytes, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success || received == 0)
                return false;
            Socket.Send(bytes[..received], SocketFlags.None, out error);
            return error is SocketError.Success or SocketError.WouldBlock;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => Socket.Dispose();
}
