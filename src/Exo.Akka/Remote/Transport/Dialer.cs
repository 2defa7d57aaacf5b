using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>Opens a connection and speaks the initiator's part of the handshake.</summary>
internal static class Dialer
{
    /// <exception cref="RemoteTransportException">Says why there is no connection.</exception>
    public static async Task<(Socket Socket, int Uid)> DialAsync(TcpRemoteTransport transport, Address remote, Lane lane)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Configure(socket, transport.Options, lane);
            using CancellationTokenSource timeout = new(transport.Options.ConnectionTimeout);
            await socket.ConnectAsync(remote.Host, remote.Port ?? 0, timeout.Token).ConfigureAwait(false);
            timeout.CancelAfter(transport.Options.HandshakeTimeout);
            Handshake.Hello hello = NewHello(transport, remote, lane);
            await SendAsync(socket, Handshake.Encode(hello), timeout.Token).ConfigureAwait(false);
            Handshake.Reply reply = Handshake.DecodeReply(await ReceiveBodyAsync(socket, timeout.Token).ConfigureAwait(false));
            byte[] proof = Check(transport, remote, hello, reply);
            if (proof is not null)
                await SendAsync(socket, proof, timeout.Token).ConfigureAwait(false);
            return (socket, reply.Uid);
        }
        catch (Exception cause)
        {
            socket.Dispose();
            if (cause is RemoteTransportException)
                throw;
            throw new RemoteTransportException(Explain(cause), cause);
        }
    }

    public static void Configure(Socket socket, TransportOptions options, Lane lane)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (lane != Lane.Bulk)
            return;
        socket.SendBufferSize = Math.Max(options.SocketBufferBytes, 1 << 20);
        socket.ReceiveBufferSize = Math.Max(options.SocketBufferBytes, 1 << 20);
    }

    public static Handshake.Hello NewHello(TcpRemoteTransport transport, Address remote, Lane lane)
        => new(Handshake.ProtocolVersion, lane, Handshake.NewNonce(), transport.Uid, transport.DefaultAddress, remote);

    /// <summary>Judges a reply; returns the proof that the acceptor wants, or null.</summary>
    public static byte[] Check(TcpRemoteTransport transport, Address remote, Handshake.Hello hello, Handshake.Reply reply)
    {
        byte[] key = transport.Options.ClusterKey;
        switch (reply.Verdict)
        {
            case Handshake.Verdict.Accepted when key is null:
                return null;
            case Handshake.Verdict.Accepted:
                throw new RemoteTransportException("it has no cluster key, but this node has one: give all nodes the same key");
            case Handshake.Verdict.ProofWanted when key is null:
                throw new RemoteTransportException("it has a cluster key, but this node has none: give all nodes the same key");
            case Handshake.Verdict.ProofWanted:
                if (!CryptographicOperations.FixedTimeEquals(reply.Proof, Handshake.Prove(key, isAcceptor: true, hello, reply.Uid, reply.Nonce)))
                    throw new RemoteTransportException("its cluster key is another one: give all nodes the same key");
                return Handshake.Prove(key, isAcceptor: false, hello, reply.Uid, reply.Nonce);
            case Handshake.Verdict.Quarantined:
                transport.QuarantinedBy(remote);
                throw new RemoteTransportException("it has quarantined this node: restart this node's actor system");
            default:
                throw new RemoteTransportException(reply.Explanation.Length > 0 ? reply.Explanation : $"it refused ({reply.Verdict})");
        }
    }

    public static async Task<byte[]> ReceiveBodyAsync(Socket socket, CancellationToken token)
    {
        byte[] prefix = await ReceiveAsync(socket, Handshake.PrefixBytes, token).ConfigureAwait(false);
        return await ReceiveAsync(socket, Handshake.BodyLength(prefix), token).ConfigureAwait(false);
    }

    public static async Task<byte[]> ReceiveAsync(Socket socket, int count, CancellationToken token)
    {
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count)
        {
            int received = await socket.ReceiveAsync(bytes.AsMemory(filled), SocketFlags.None, token).ConfigureAwait(false);
            if (received == 0)
                throw new InvalidDataException($"the connection ended after {filled} of {count} bytes of its greeting");
            filled += received;
        }

        return bytes;
    }

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, token).ConfigureAwait(false)..];
    }

    private static string Explain(Exception cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused (nothing listens there)",
        OperationCanceledException => "no answer in time",
        _ => cause.Message,
    };
}
