using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;

namespace Akka.Remote.Heartbeats;

/// <summary>
/// Sends, answers and judges heartbeats on a thread of its own, over sockets of their own: neither compute on the thread pool
/// nor bulk on the other connections delays one.
/// </summary>
internal sealed class HeartbeatThread : IDisposable
{
    /// <summary>Longest time between two looks at the clock.</summary>
    private const int MaxWaitMicroseconds = 25_000;

    /// <summary>A longer time without a look means that this process itself did not run.</summary>
    private const long OwnPauseMilliseconds = 400;

    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly Dictionary<(IHeartbeatObserver Observer, Address Address), HeartbeatProbe> _probes = [];
    private readonly ConcurrentDictionary<Address, byte> _beating = new();
    private readonly List<HeartbeatEcho> _echoes = [];
    private readonly HashSet<IHeartbeatObserver> _observers = [];
    private readonly TcpRemoteTransport _transport;
    private readonly Thread _thread;
    private readonly Socket _wake;
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];
    private readonly List<Socket> _error = [];
    private volatile bool _isStopped;
    private bool _isStarted;

    public HeartbeatThread(TcpRemoteTransport transport, string systemName)
    {
        _transport = transport;

        // A datagram to itself ends the wait when there is something new to do.
        _wake = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wake.Connect(_wake.LocalEndPoint);
        _thread = new Thread(Run) { IsBackground = true, Name = $"{systemName} heartbeats", Priority = ThreadPriority.AboveNormal };
    }

    public void Start()
    {
        _isStarted = true;
        _thread.Start();
    }

    /// <summary>Watches exactly these nodes for an observer.</summary>
    public void SetTargets(IHeartbeatObserver observer, IReadOnlyCollection<HeartbeatTarget> targets) => Post(() =>
    {
        _observers.Add(observer);
        foreach (HeartbeatProbe old in _probes.Values.Where(p => ReferenceEquals(p.Observer, observer)).ToArray())
        {
            if (targets.Any(t => t.Address.Equals(old.Address) && (t.Uid is null || t.Uid == old.Uid)))
                continue;
            _probes.Remove((observer, old.Address));
            old.Dispose();
            observer.Detectors.Remove(old.Address);
        }

        foreach (HeartbeatTarget target in targets)
        {
            if (!_probes.ContainsKey((observer, target.Address)))
                _probes.Add((observer, target.Address), new HeartbeatProbe(_transport, observer, target));
        }
    });

    /// <summary>Answers the heartbeats of a connection that was accepted.</summary>
    public void Serve(PeerConnection connection)
    {
        Post(() => Answer(connection));

        // A connection that nobody answers any more must end, or its other end would wait for beats.
        if (_isStopped)
            connection.Dispose();
    }

    public void IncarnationGone(Address address, int uid) => Post(() =>
    {
        foreach (HeartbeatProbe probe in _probes.Values)
        {
            if (probe.Address.Equals(address) && probe.Uid == uid)
                probe.Die();
        }
    });

    /// <summary>True when some observer's node at the address is connected and answers.</summary>
    public bool IsBeating(Address address) => _beating.ContainsKey(address);

    public void Dispose()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        if (_isStarted)
            Wake();
        else
            _wake.Dispose();
    }

    private void Post(Action command)
    {
        _commands.Enqueue(command);
        Wake();
    }

    private void Wake()
    {
        try
        {
            _wake.Send([1], SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            // The thread has ended: there is nobody to wake.
        }
    }

    private void Run()
    {
        long last = Stopwatch.GetTimestamp();
        try
        {
            while (!_isStopped)
            {
                while (_commands.TryDequeue(out Action command))
                    command();
                long gap = (long)Stopwatch.GetElapsedTime(last).TotalMilliseconds;
                last = Stopwatch.GetTimestamp();
                if (gap > OwnPauseMilliseconds)
                    Forgive(gap);
                foreach (HeartbeatProbe probe in _probes.Values)
                {
                    probe.Advance();
                    if (probe.IsBeating)
                        _beating.TryAdd(probe.Address, 0);
                    else
                        _beating.TryRemove(probe.Address, out _);
                }

                Wait();
            }
        }
#pragma warning disable CA1031 // Without this thread the node is blind: its end must be seen.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            _transport.Log.Error(cause, "The heartbeat thread has failed; this node can no longer see others die");
        }
        finally
        {
            while (_commands.TryDequeue(out Action command))
                command();
            foreach (HeartbeatProbe probe in _probes.Values)
                probe.Dispose();
            foreach (HeartbeatEcho echo in _echoes)
                echo.Dispose();
            _wake.Dispose();
        }
    }

    private void Answer(PeerConnection connection)
    {
        try
        {
            // What came together with the greeting is already read from the socket.
            HeartbeatEcho echo = new(connection);
            if (echo.Answer())
                _echoes.Add(echo);
            else
                echo.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // The thread was stopped meanwhile.
        }
    }

    /// <summary>After a pause of this process (debugger, suspended machine) the silence was its own.</summary>
    private void Forgive(long gap)
    {
        _transport.Log.Debug("This process did not run for {0} ms; heartbeats that others could not deliver are not held against them", gap);
        foreach (IHeartbeatObserver observer in _observers)
            observer.Detectors.Forgive(gap);
    }

    private void Wait()
    {
        _read.Clear();
        _write.Clear();
        _error.Clear();
        _read.Add(_wake);
        foreach (HeartbeatEcho echo in _echoes)
            _read.Add(echo.Socket);
        foreach (HeartbeatProbe probe in _probes.Values)
        {
            if (probe.Socket is null)
                continue;
            if (probe.IsConnecting)
            {
                _write.Add(probe.Socket);
                _error.Add(probe.Socket);
            }
            else
            {
                _read.Add(probe.Socket);
            }
        }

        Socket.Select(_read, _write.Count > 0 ? _write : null, _error.Count > 0 ? _error : null, MaxWaitMicroseconds);
        if (_read.Contains(_wake))
            DrainWake();
        for (int i = _echoes.Count - 1; i >= 0; i--)
        {
            if (_read.Contains(_echoes[i].Socket) && !_echoes[i].Answer())
            {
                _echoes[i].Dispose();
                _echoes.RemoveAt(i);
            }
        }

        foreach (HeartbeatProbe probe in _probes.Values)
        {
            if (probe.Socket is { } socket && (_read.Contains(socket) || _write.Contains(socket) || _error.Contains(socket)))
                probe.Ready();
        }
    }

    private void DrainWake()
    {
        Span<byte> one = stackalloc byte[16];
        SocketError error;
        do
        {
            _wake.Receive(one, SocketFlags.None, out error);
        }
        while (error == SocketError.Success);
    }
}
