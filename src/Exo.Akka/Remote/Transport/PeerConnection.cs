using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Akka.Remote.Transport;

/// <summary>A connection between two nodes, plain or inside TLS. One may read while another writes.</summary>
internal sealed class PeerConnection : IDisposable
{
    private readonly SslStream _tls;

    private PeerConnection(Socket socket, TlsPipe pipe, SslStream tls)
    {
        Socket = socket;
        Pipe = pipe;
        _tls = tls;
    }

    public Socket Socket { get; }

    /// <summary>What TLS stands on; null for a plain connection.</summary>
    public TlsPipe Pipe { get; }

    /// <summary>Null for a plain connection.</summary>
    public SslStream Tls => _tls;

    public EndPoint Peer => Socket.RemoteEndPoint;

    public static PeerConnection Plain(Socket socket) => new(socket, null, null);

    /// <summary>TLS that is still to be greeted.</summary>
    public static PeerConnection Secured(Socket socket, ReadOnlyMemory<byte> unread = default)
    {
        TlsPipe pipe = new(socket, unread);
        return new PeerConnection(socket, pipe, new SslStream(pipe, leaveInnerStreamOpen: false));
    }

    /// <summary>True for what an end of the connection throws, whoever caused it.</summary>
    public static bool IsEnd(Exception cause) => cause is SocketException or ObjectDisposedException or IOException;

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken token = default)
        => _tls is null ? Socket.ReceiveAsync(into, SocketFlags.None, token) : _tls.ReadAsync(into, token);

    public async Task<byte[]> ReceiveExactlyAsync(int count, CancellationToken token)
    {
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count)
        {
            int received = await ReceiveAsync(bytes.AsMemory(filled), token).ConfigureAwait(false);
            if (received == 0)
                throw new InvalidDataException($"the connection ended after {filled} of {count} bytes of its greeting");
            filled += received;
        }

        return bytes;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken token = default)
    {
        if (_tls is not null)
        {
            Pipe.Gathers = true;
            await _tls.WriteAsync(bytes, token).ConfigureAwait(false);
            await Pipe.SendGatheredAsync(token).ConfigureAwait(false);
            return;
        }

        while (!bytes.IsEmpty)
        {
            int sent = await Socket.SendAsync(bytes, SocketFlags.None, token).ConfigureAwait(false);
            bytes = bytes[sent..];
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        _tls?.Dispose();
    }
}
