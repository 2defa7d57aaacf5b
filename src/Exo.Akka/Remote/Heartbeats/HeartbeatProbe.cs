using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote.Transport;

namespace Akka.Remote.Heartbeats;

/// <summary>
/// Watches one node. States: idle → connecting → securing (TLS) → greeting → beating. The end of the connection is a hint: the next attempt comes
/// at once. Two refusals in a row, or another incarnation that answers, are evidence of death.
/// </summary>
internal sealed class HeartbeatProbe : IDisposable
{
    private const int RefusalsForDeath = 2;
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_unwelcome = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(2);

    private readonly TcpRemoteTransport _transport;
    private readonly byte[] _received = new byte[Handshake.PrefixBytes + Handshake.MaxBodyBytes];
    private readonly long _firstBeatDue;
    private Handshake.Hello _hello;
    private IPAddress _host;
    private Task<IPAddress[]> _lookup;
    private BeatChannel _channel;
    private State _state;
    private int _filled;
    private int _refusals;
    private long _due;
    private long _stateSince;
    private bool _wasAvailable = true;
    private bool _isDead;
    private bool _wasConnected;

    public HeartbeatProbe(TcpRemoteTransport transport, IHeartbeatObserver observer, HeartbeatTarget target)
    {
        _transport = transport;
        Observer = observer;
        Address = target.Address;
        Uid = target.Uid;
        _firstBeatDue = Now + Ticks(observer.ExpectedResponseAfter);
        _due = Now;
        IPAddress.TryParse(target.Address.Host, out _host);
    }

    private enum State
    {
        Idle,
        Connecting,
        Securing,
        Greeting,
        Beating,
    }

    public IHeartbeatObserver Observer { get; }

    public Address Address { get; }

    public int? Uid { get; private set; }

    public Socket Socket { get; private set; }

    public bool IsConnecting => _state == State.Connecting;

    public bool IsBeating => _state == State.Beating;

    private static long Now => Stopwatch.GetTimestamp();

    public void Dispose()
    {
        _channel?.Dispose();
        _channel = null;
        Socket?.Dispose();
        Socket = null;
        _state = State.Idle;
    }

    /// <summary>Does what is due: connects, beats, judges.</summary>
    public void Advance()
    {
        if (_isDead)
            return;
        long now = Now;
        switch (_state)
        {
            case State.Idle when now >= _due:
                Connect();
                break;
            case State.Connecting or State.Securing or State.Greeting when now - _stateSince > Ticks(s_connectTimeout):
                Retry(refused: false);
                break;
            case State.Beating when now >= _due:
                _due = now + Ticks(Observer.Interval);
                Send([1]);
                break;
        }

        Judge(now);
    }

    /// <summary>The socket can be read, has connected, or has failed.</summary>
    public void Ready()
    {
        if (_isDead)
            return;
        if (_state == State.Connecting)
            Connected();
        else
            Receive();
    }

    public void Die()
    {
        if (_isDead)
            return;
        _isDead = true;
        Dispose();
        Observer.Died(Address, Uid);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private void Judge(long now)
    {
        if (!Observer.Detectors.IsMonitoring(Address) && now >= _firstBeatDue)
            Observer.Detectors.Heartbeat(Address);
        bool isAvailable = Observer.Detectors.IsAvailable(Address);
        if (isAvailable == _wasAvailable)
            return;
        _wasAvailable = isAvailable;
        Observer.AvailabilityChanged(Address, Uid, isAvailable);
    }

    private void Connect()
    {
        if (_host is null && !LookUp())
            return;
        Enter(State.Connecting);
        Socket = new Socket(_host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        try
        {
            Socket.Connect(new IPEndPoint(_host, Address.Port ?? 0));
            Connected();
        }
        catch (SocketException cause) when (cause.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The answer shows when the socket becomes writable.
        }
        catch (SocketException cause)
        {
            Retry(cause.SocketErrorCode == SocketError.ConnectionRefused);
        }
    }

    private bool LookUp()
    {
        _lookup ??= Dns.GetHostAddressesAsync(Address.Host);
        if (!_lookup.IsCompleted)
            return false;
        if (_lookup.IsCompletedSuccessfully)
        {
#pragma warning disable RS0030 // The task has completed.
            _host = _lookup.Result.OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
#pragma warning restore RS0030
        }

        _lookup = null;
        if (_host is null)
            _due = Now + Ticks(Observer.Interval);
        return _host is not null;
    }

    private void Connected()
    {
        SocketError error = (SocketError)(int)Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error);
        if (error != SocketError.Success)
        {
            Retry(error == SocketError.ConnectionRefused);
            return;
        }

        _refusals = 0;
        Enter(State.Securing);
        _channel = BeatChannel.Connected(Socket, _transport.Security);
        SayHello();
    }

    private void SayHello()
    {
        if (_state != State.Securing || !_channel.IsOpen)
            return;
        Enter(State.Greeting);
        _filled = 0;
        _hello = Dialer.NewHello(_transport, Address, Lane.Heartbeat, _channel.Tls);
        Send(Handshake.Encode(_hello));
    }

    private void Receive()
    {
        int received = _channel.Receive(_received.AsSpan(_filled), out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            Retry(error == SocketError.ConnectionRefused);
            return;
        }

        SayHello();
        if (received == 0 || _channel is null)
            return;
        if (_state == State.Beating)
        {
            Observer.Detectors.Heartbeat(Address);
            return;
        }

        _filled += received;
        Greet();
    }

    private void Greet()
    {
        try
        {
            if (_filled < Handshake.PrefixBytes)
                return;
            int length = Handshake.BodyLength(_received.AsSpan(0, Handshake.PrefixBytes));
            if (_filled < Handshake.PrefixBytes + length)
                return;
            Handshake.Reply reply = Handshake.DecodeReply(_received.AsSpan(Handshake.PrefixBytes, length));
            if (Uid is { } known && reply.Uid != known)
            {
                Die();
                return;
            }

            byte[] proof = Dialer.Check(_transport, Address, _hello, reply);
            if (proof is not null)
                Send(proof);
            if (_channel is null)
                return;
            Uid = reply.Uid;
            _filled = 0;
            _wasConnected = true;
            Enter(State.Beating);
            _due = Now;
            Observer.Detectors.Heartbeat(Address);
        }
        catch (Exception cause) when (cause is InvalidDataException or RemoteTransportException)
        {
            // It is alive and does not want this node: asking again soon changes nothing.
            Retry(refused: false);
            _due = Now + Ticks(s_unwelcome);
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (!_channel.Send(bytes))
            Retry(refused: false);
    }

    /// <summary>A connection that broke is a hint: the next attempt follows at once, or in a moment after a refusal.</summary>
    private void Retry(bool refused)
    {
        bool wasBeating = _state == State.Beating;
        Dispose();
        _refusals = refused ? _refusals + 1 : 0;

        // A node that never answered may not have begun to listen yet; one that did and now refuses the port has ended.
        if (_refusals >= RefusalsForDeath && (_wasConnected || Uid is not null))
        {
            Die();
            return;
        }

        _due = wasBeating ? Now : Now + Ticks(refused || _wasConnected ? s_retry : Observer.Interval);
    }

    private void Enter(State state)
    {
        _state = state;
        _stateSince = Now;
    }
}
