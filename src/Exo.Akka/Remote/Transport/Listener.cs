using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>Takes connections, speaks the acceptor's part of the handshake, and turns strangers away with one log line.</summary>
internal sealed class Listener : IDisposable
{
    private const int MaxRefusedReads = 16;
    private static readonly TimeSpan s_lastWord = TimeSpan.FromMilliseconds(500);

    private readonly TcpRemoteTransport _transport;
    private readonly Socket _socket;
    private readonly GreetingSlots _slots = new();

    private Listener(TcpRemoteTransport transport, Socket socket)
    {
        _transport = transport;
        _socket = socket;
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint).Port;

    public static Listener Bind(TcpRemoteTransport transport)
    {
        TransportOptions options = transport.Options;
        IPAddress address = Resolve(options.Hostname);
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, options.Port));
            socket.Listen(options.Backlog);
            return new Listener(transport, socket);
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            throw new RemoteTransportException(
                $"Cannot listen on {options.Hostname}:{options.Port}: {cause.Message}. Choose another port, 0 for any free one, or an address of this machine.", cause);
        }
    }

    /// <summary>An address under which others may reach a node that listens on all of its addresses.</summary>
    public static string LocalHostAddress()
        => Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork)?.ToString() ?? "127.0.0.1";

    public void Start() => _ = AcceptAsync();

    public void Dispose() => _socket.Dispose();

    private static IPAddress Resolve(string hostname)
    {
        if (IPAddress.TryParse(hostname, out IPAddress address))
            return address;
        try
        {
            return Dns.GetHostAddresses(hostname).OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (SocketException cause)
        {
            throw new RemoteTransportException($"Cannot listen on {hostname}: {cause.Message}", cause);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_transport.IsShutdown)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException cause)
            {
                if (_transport.IsShutdown)
                    return;
                _transport.Log.Warning("A connection could not be accepted: {0}", cause.Message);
                await Task.Delay(50).ConfigureAwait(false);
                continue;
            }

            _ = WelcomeAsync(socket);
        }
    }

    private async Task WelcomeAsync(Socket socket)
    {
        PeerConnection connection = PeerConnection.Plain(socket);
        IPEndPoint peer = null;
        bool hasSlot = false;
        try
        {
            peer = (IPEndPoint)socket.RemoteEndPoint;
            _slots.Take(peer.Address);
            hasSlot = true;
            using CancellationTokenSource timeout = new(_transport.Options.HandshakeTimeout);
            byte[] prefix = await connection.ReceiveExactlyAsync(Handshake.PrefixBytes, timeout.Token).ConfigureAwait(false);
            if (Handshake.IsTls(prefix) != (_transport.Security is not null))
            {
                await RefuseAsync(connection, prefix, timeout.Token).ConfigureAwait(false);
                return;
            }

            byte[] body;
            if (_transport.Security is null)
            {
                body = await connection.ReceiveExactlyAsync(Handshake.BodyLength(prefix), timeout.Token).ConfigureAwait(false);
            }
            else
            {
                connection = PeerConnection.Secured(socket, prefix);
                await _transport.Security.GreetAsServerAsync(connection.Tls, timeout.Token).ConfigureAwait(false);
                body = await Dialer.ReceiveBodyAsync(connection, timeout.Token).ConfigureAwait(false);
            }

            Handshake.Hello hello = Handshake.DecodeHello(body);
            if (!await AdmitAsync(connection, hello, timeout.Token).ConfigureAwait(false))
            {
                connection.Dispose();
                return;
            }

            Dialer.Configure(socket, _transport.Options, hello.Lane);
            if (hello.Lane == Lane.Heartbeat)
                _transport.Heartbeats.Serve(connection);
            else
                _transport.Accepted(new InboundConnection(_transport, connection, hello.From, hello.Uid, hello.Lane));
        }
        catch (Exception cause) when (cause is InvalidDataException or AuthenticationException)
        {
            _transport.Refusals.Refused(peer, null, cause is AuthenticationException ? $"its TLS greeting failed: {cause.InnerException?.Message ?? cause.Message}" : cause.Message);
            connection.Dispose();
        }
        catch (Exception cause) when (PeerConnection.IsEnd(cause) || cause is OperationCanceledException)
        {
            _transport.Log.Debug("A connection from {0} ended before it was greeted: {1}", peer, cause.Message);
            connection.Dispose();
        }
        finally
        {
            if (hasSlot)
                _slots.Return(peer.Address);
        }
    }

    /// <summary>Another node with TLS where there is none, or the other way round, is told what it lacks; anybody else just ends.</summary>
    private async Task RefuseAsync(PeerConnection connection, byte[] prefix, CancellationToken token)
    {
        byte[] noProof = new byte[Handshake.ProofBytes];
        if (_transport.Security is null)
        {
            _transport.Refusals.Refused(connection.Peer, null, Handshake.Describe(prefix));
            await ReplyAsync(connection, Handshake.Verdict.NoTls, noProof, "", token).ConfigureAwait(false);
        }
        else if (Handshake.IsPlainGreeting(prefix))
        {
            Handshake.Hello hello = Handshake.DecodeHello(await connection.ReceiveExactlyAsync(Handshake.BodyLength(prefix), token).ConfigureAwait(false));
            _transport.Refusals.Refused(connection.Peer, hello.From, "it has no cluster key, but this node has one: give all nodes the same key");
            await ReplyAsync(connection, Handshake.Verdict.TlsWanted, noProof, "it has a cluster key, but this node has none: give all nodes the same key", token).ConfigureAwait(false);
        }
        else
        {
            throw new InvalidDataException(Handshake.Describe(prefix));
        }

        await EndAsync(connection, token).ConfigureAwait(false);
    }

    /// <summary>Closes only when the other end has had time to read the refusal: bytes that nobody read would reset the connection at once.</summary>
    private static async Task EndAsync(PeerConnection connection, CancellationToken token)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(s_lastWord);
        try
        {
            connection.Socket.Shutdown(SocketShutdown.Send);
            byte[] rest = new byte[4096];
            for (int i = 0; i < MaxRefusedReads && await connection.ReceiveAsync(rest, patience.Token).ConfigureAwait(false) > 0; i++)
            {
                // What else it says does not matter.
            }
        }
        finally
        {
            connection.Dispose();
        }
    }

    private Task ReplyAsync(PeerConnection connection, Handshake.Verdict verdict, byte[] proof, string explanation, CancellationToken token, byte[] nonce = null)
    {
        Handshake.Reply reply = new(verdict, Handshake.ProtocolVersion, _transport.Uid, nonce ?? Handshake.NewNonce(), proof, explanation);
        return connection.SendAsync(Handshake.Encode(reply), token).AsTask();
    }

    private async Task<bool> AdmitAsync(PeerConnection connection, Handshake.Hello hello, CancellationToken token)
    {
        (Handshake.Verdict verdict, string explanation) = Judge(hello);
        byte[] key = _transport.Options.ClusterKey;
        if (verdict == Handshake.Verdict.Accepted && key is not null)
            verdict = Handshake.Verdict.ProofWanted;
        byte[] nonce = Handshake.NewNonce();
        byte[] proof = verdict == Handshake.Verdict.ProofWanted
            ? Handshake.Prove(key, isAcceptor: true, hello, _transport.Uid, nonce)
            : new byte[Handshake.ProofBytes];
        await ReplyAsync(connection, verdict, proof, explanation, token, nonce).ConfigureAwait(false);
        if (verdict is not (Handshake.Verdict.Accepted or Handshake.Verdict.ProofWanted))
        {
            if (verdict != Handshake.Verdict.Quarantined)
                _transport.Refusals.Refused(connection.Peer, hello.From, explanation);
            return false;
        }

        if (verdict == Handshake.Verdict.ProofWanted)
        {
            byte[] answer = await connection.ReceiveExactlyAsync(Handshake.ProofBytes, token).ConfigureAwait(false);
            if (!CryptographicOperations.FixedTimeEquals(answer, Handshake.Prove(key, isAcceptor: false, hello, _transport.Uid, nonce)))
                throw new InvalidDataException("its cluster key is another one; give all nodes the same key");
        }

        return _transport.AssociationWith(hello.From).Met(hello.Uid);
    }

    private (Handshake.Verdict Verdict, string Explanation) Judge(Handshake.Hello hello)
    {
        if (hello.Version != Handshake.ProtocolVersion)
        {
            return (Handshake.Verdict.NewerProtocol,
                $"it speaks protocol {hello.Version}, this node speaks {Handshake.ProtocolVersion}; update the older one");
        }

        if (!hello.Binding.AsSpan().SequenceEqual(_transport.Security?.Binding ?? []))
        {
            return (Handshake.Verdict.Intercepted,
                "the two ends do not see the same TLS certificate: somebody between them ends TLS; let nodes connect without a proxy that looks inside");
        }

        if (!hello.To.Equals(_transport.DefaultAddress))
            return (Handshake.Verdict.WrongAddress, $"it wants {hello.To}, but this node is {_transport.DefaultAddress}; use exactly that address");
        if (_transport.IsShutdown)
            return (Handshake.Verdict.ShuttingDown, "this node is shutting down");
        return _transport.IsQuarantined(hello.From, hello.Uid)
            ? (Handshake.Verdict.Quarantined, "this incarnation is quarantined")
            : (Handshake.Verdict.Accepted, "");
    }
}
