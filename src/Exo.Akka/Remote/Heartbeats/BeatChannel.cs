using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Remote.Transport;

namespace Akka.Remote.Heartbeats;

/// <summary>
/// One connection of the heartbeat thread, plain or inside TLS. Nothing here waits: the thread reads when its sockets are ready, and
/// TLS is fed with what came. What does not fit into a socket's buffer at once ends a connection inside TLS.
/// </summary>
internal sealed class BeatChannel : IDisposable
{
    private const int MaxArrivedBytes = 8 * 1024;

    private readonly PeerConnection _connection;
    private readonly FrameBuffer _arrived = new(256);
    private bool _hasEnded;

    private BeatChannel(PeerConnection connection)
    {
        _connection = connection;
        Socket.Blocking = false;
        connection.Pipe?.BeFed();
    }

    public Socket Socket => _connection.Socket;

    /// <summary>Null for a plain connection.</summary>
    public SslStream Tls => _connection.Tls;

    /// <summary>True when bytes can be said and heard: at once, or after TLS's greeting.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A connection that was greeted elsewhere and is from now on the heartbeat thread's.</summary>
    public static BeatChannel Accepted(PeerConnection connection)
    {
        BeatChannel channel = new(connection) { IsOpen = true };
        if (connection.Tls is not null)
            _ = channel.ListenAsync();
        return channel;
    }

    /// <summary>Takes a connected socket; TLS's greeting begins where there is security.</summary>
    public static BeatChannel Connected(Socket socket, TransportSecurity security)
    {
        BeatChannel channel = new(security is null ? PeerConnection.Plain(socket) : PeerConnection.Secured(socket)) { IsOpen = security is null };
        if (security is not null)
            _ = channel.GreetAsync(security);
        return channel;
    }

    /// <summary>What can be had now.</summary>
    /// <param name="into">Where it goes.</param>
    /// <param name="error"><see cref="SocketError.WouldBlock"/> when there is nothing yet; anything else than success is the end.</param>
    public int Receive(Span<byte> into, out SocketError error)
    {
        int received;
        try
        {
            received = Tls is null ? Socket.Receive(into, SocketFlags.None, out error) : ReceiveSecured(into, out error);
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.ConnectionReset;
            return 0;
        }

        if (error == SocketError.Success && received == 0)
            error = SocketError.ConnectionReset;
        return received;
    }

    /// <summary>False when the connection has ended.</summary>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (Tls is null)
            {
                Socket.Send(bytes, SocketFlags.None, out SocketError error);
                return error is SocketError.Success or SocketError.WouldBlock;
            }

            return Tls.WriteAsync(bytes.ToArray()).AsTask().IsCompletedSuccessfully && !_connection.Pipe.IsBroken;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _connection.Dispose();

    private int ReceiveSecured(Span<byte> into, out SocketError error)
    {
        Span<byte> raw = stackalloc byte[4096];
        while (!_hasEnded && _arrived.Length < MaxArrivedBytes)
        {
            int count = Socket.Receive(raw, SocketFlags.None, out error);
            if (error == SocketError.WouldBlock)
                break;
            if (error != SocketError.Success)
                return 0;
            _connection.Pipe.Feed(raw[..count]);
            _hasEnded |= count == 0;
        }

        int taken = Math.Min(into.Length, _arrived.Length);
        _arrived.Written.Span[..taken].CopyTo(into);
        byte[] rest = _arrived.Written.Span[taken..].ToArray();
        _arrived.Clear();
        _arrived.WriteBytes(rest);
        error = taken > 0 ? SocketError.Success : _hasEnded || _connection.Pipe.IsBroken ? SocketError.ConnectionReset : SocketError.WouldBlock;
        return taken;
    }

    private async Task GreetAsync(TransportSecurity security)
    {
        try
        {
            await security.GreetAsClientAsync(Tls, CancellationToken.None).ConfigureAwait(false);
            IsOpen = true;
            await ListenAsync().ConfigureAwait(false);
        }
        catch (Exception cause) when (PeerConnection.IsEnd(cause) || cause is AuthenticationException)
        {
            // The lanes to the same node meet the same failure and log it.
            _hasEnded = true;
        }
    }

    private async Task ListenAsync()
    {
        byte[] bytes = new byte[256];
        try
        {
            int count;
            while ((count = await Tls.ReadAsync(bytes).ConfigureAwait(false)) > 0)
                _arrived.WriteBytes(bytes.AsSpan(0, count));
        }
        catch (Exception cause) when (PeerConnection.IsEnd(cause))
        {
            // The heartbeat thread sees the end and tries again.
        }

        _hasEnded = true;
    }
}
