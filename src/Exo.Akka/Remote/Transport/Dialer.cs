using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>Opens a connection and speaks the initiator's part of the handshake.</summary>
internal static class Dialer
{
    /// <exception cref="RemoteTransportException">Says why there is no connection.</exception>
    public static async Task<(PeerConnection Connection, int Uid)> DialAsync(TcpRemoteTransport transport, Address remote, Lane lane)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        PeerConnection connection = transport.Security is null ? PeerConnection.Plain(socket) : PeerConnection.Secured(socket);
        try
        {
            Configure(socket, transport.Options, lane);
            using CancellationTokenSource timeout = new(transport.Options.ConnectionTimeout);
            await socket.ConnectAsync(remote.Host, remote.Port ?? 0, timeout.Token).ConfigureAwait(false);
            timeout.CancelAfter(transport.Options.HandshakeTimeout);
            if (connection.Tls is not null)
                await SecureAsync(transport, connection, timeout.Token).ConfigureAwait(false);
            Handshake.Hello hello = NewHello(transport, remote, lane, connection.Tls);
            await connection.SendAsync(Handshake.Encode(hello), timeout.Token).ConfigureAwait(false);
            Handshake.Reply reply = Handshake.DecodeReply(await ReceiveBodyAsync(connection, timeout.Token).ConfigureAwait(false));
            byte[] proof;
            try
            {
                proof = Check(transport, remote, hello, reply);
            }
            catch (RemoteTransportException) when (reply.Verdict == Handshake.Verdict.ProofWanted)
            {
                // A proof of nothing, so that the other end logs the same reason.
                await connection.SendAsync(new byte[Handshake.ProofBytes], timeout.Token).ConfigureAwait(false);
                throw;
            }

            if (proof is not null)
                await connection.SendAsync(proof, timeout.Token).ConfigureAwait(false);
            return (connection, reply.Uid);
        }
        catch (Exception cause)
        {
            connection.Dispose();
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

    public static Handshake.Hello NewHello(TcpRemoteTransport transport, Address remote, Lane lane, SslStream tls)
    {
        byte[] binding = tls?.RemoteCertificate is { } shown ? TransportSecurity.BindingOf(shown) : [];
        return new(Handshake.ProtocolVersion, lane, Handshake.NewNonce(), binding, transport.Uid, transport.DefaultAddress, remote);
    }

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

    public static async Task<byte[]> ReceiveBodyAsync(PeerConnection connection, CancellationToken token)
    {
        byte[] prefix = await connection.ReceiveExactlyAsync(Handshake.PrefixBytes, token).ConfigureAwait(false);
        return await connection.ReceiveExactlyAsync(Handshake.BodyLength(prefix), token).ConfigureAwait(false);
    }

    private static async Task SecureAsync(TcpRemoteTransport transport, PeerConnection connection, CancellationToken token)
    {
        try
        {
            await transport.Security.GreetAsClientAsync(connection.Tls, token).ConfigureAwait(false);
        }
        catch (Exception cause) when (connection.Pipe.HeardPlainGreeting && cause is not OperationCanceledException)
        {
            throw new RemoteTransportException("it has no cluster key, but this node has one: give all nodes the same key", cause);
        }
        catch (AuthenticationException cause)
        {
            throw new RemoteTransportException($"no TLS with it: {cause.InnerException?.Message ?? cause.Message}", cause);
        }
        catch (Exception cause) when (cause is IOException or SocketException)
        {
            throw new RemoteTransportException("it ended the connection at the TLS greeting: its process has ended, or it is no Exo node", cause);
        }
    }

    private static string Explain(Exception cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused (nothing listens there)",
        OperationCanceledException => "no answer in time",
        _ => cause.GetBaseException().Message,
    };
}
