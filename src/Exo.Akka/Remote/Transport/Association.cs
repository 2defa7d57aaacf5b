using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>What this node knows of one other address: its incarnation, its two outgoing connections, and the system messages it owes.</summary>
internal sealed class Association
{
    /// <summary>Reasons that are logged while there is no connection; each costs one line.</summary>
    private const int MaxLoggedFailures = 8;

    private readonly Lock _gate = new();
    private readonly TcpRemoteTransport _transport;
    private readonly Queue<(long Sequence, byte[] Body, long At)> _unacknowledged = new();
    private readonly HashSet<int> _quarantined = [];
    private readonly OutboundLane _control;
    private readonly OutboundLane _bulk;
    private long _lastSequence;
    private long _closedUntil;
    private int? _uid;
    private long _expectedSequence = 1;
    private readonly HashSet<string> _loggedFailures = [];
    private volatile bool _isQuarantined;

    public Association(TcpRemoteTransport transport, Address remote)
    {
        _transport = transport;
        Remote = remote;
        _control = new OutboundLane(this, Lane.Control, transport.Options.MaxQueuedBytes);
        _bulk = new OutboundLane(this, Lane.Bulk, transport.Options.MaxQueuedBytes);
    }

    public Address Remote { get; }

    public Address LocalAddress => _transport.DefaultAddress;

    public bool IsIdle => _control.IsIdle && _bulk.IsIdle;

    /// <summary>True while the only incarnation known here is one that was declared dead.</summary>
    public bool IsQuarantined => _isQuarantined;

    /// <summary>True for a while after a failure: nothing is tried.</summary>
    public bool IsGated
    {
        get
        {
            lock (_gate)
                return Stopwatch.GetTimestamp() < _closedUntil;
        }
    }

    public void Send(Lane lane, in Outgoing outgoing) => (lane == Lane.Bulk ? _bulk : _control).Send(outgoing);

    public void SendSystem(byte[] body)
    {
        bool isOverflow;
        int? uid;
        lock (_gate)
        {
            if (_uid is { } known && _quarantined.Contains(known))
                return;
            uid = _uid;
            isOverflow = _unacknowledged.Count >= _transport.Options.SystemMessageBufferSize;
            _unacknowledged.Enqueue((++_lastSequence, body, Stopwatch.GetTimestamp()));
        }

        if (isOverflow)
            _transport.SystemMessagesLost(Remote, uid, $"{_transport.Options.SystemMessageBufferSize} system messages are unacknowledged");
        else
            _control.Send(Outgoing.System());
    }

    public List<(long Sequence, byte[] Body)> Unacknowledged(long after)
    {
        lock (_gate)
            return [.. _unacknowledged.Where(u => u.Sequence > after).Select(u => (u.Sequence, u.Body))];
    }

    public void Acknowledged(long sequence)
    {
        lock (_gate)
        {
            while (_unacknowledged.TryPeek(out (long Sequence, byte[] Body, long At) first) && first.Sequence <= sequence)
                _unacknowledged.Dequeue();
        }
    }

    /// <summary>True exactly once for each system message of an incarnation, in order.</summary>
    public bool ShouldDeliver(int uid, long sequence)
    {
        lock (_gate)
        {
            if (_uid != uid || sequence != _expectedSequence)
                return false;
            _expectedSequence++;
            return true;
        }
    }

    public long DeliveredSequence
    {
        get
        {
            lock (_gate)
                return _expectedSequence - 1;
        }
    }

    /// <summary>Connects again when system messages wait, and gives up on them after the configured time.</summary>
    public void Tick()
    {
        bool isWaiting;
        bool isLate;
        int? uid;
        lock (_gate)
        {
            isWaiting = _unacknowledged.Count > 0;
            isLate = isWaiting && Stopwatch.GetElapsedTime(_unacknowledged.Peek().At) > _transport.Options.SystemMessageTimeout;
            uid = _uid;
        }

        if (isLate)
            _transport.SystemMessagesLost(Remote, uid, $"system messages were not acknowledged for {_transport.Options.SystemMessageTimeout}");
        else if (isWaiting && !_control.IsConnected && _control.IsIdle)
            _control.Send(Outgoing.System());
    }

    /// <summary>Takes note of the incarnation that a handshake showed; false when that one is quarantined.</summary>
    public bool Met(int uid)
    {
        int? replaced = null;
        lock (_gate)
        {
            if (_quarantined.Contains(uid))
                return false;
            _closedUntil = 0;
            _loggedFailures.Clear();
            if (_uid == uid)
                return true;
            replaced = _uid;
            _uid = uid;
            _isQuarantined = false;
            _expectedSequence = 1;
            if (replaced is not null)
            {
                // What was owed to the old incarnation is of no use to the new one.
                _unacknowledged.Clear();
                _lastSequence = 0;
            }
        }

        if (replaced is { } old)
            _transport.Replaced(Remote, old);
        return true;
    }

    public bool IsQuarantinedUid(int uid)
    {
        lock (_gate)
            return _quarantined.Contains(uid);
    }

    /// <summary>The incarnation that this call quarantined; null when there is none, or when it was quarantined before.</summary>
    public int? Quarantine(int? uid)
    {
        int target;
        lock (_gate)
        {
            if ((uid ?? _uid) is not { } known || !_quarantined.Add(known))
                return null;
            target = known;
            if (_uid is { } current && current != known)
                return target;
            _uid = known;
            _isQuarantined = true;
            _unacknowledged.Clear();
            CloseGate();
        }

        Close();
        return target;
    }

    public void Close()
    {
        _control.Disconnect();
        _bulk.Disconnect();
    }

    public async Task<PeerConnection> ConnectAsync(Lane lane)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (now < _closedUntil)
                return null;
        }

        if (_transport.IsShutdown)
            return null;
        string failure;
        try
        {
            (PeerConnection connection, int uid) = await _transport.DialAsync(Remote, lane).ConfigureAwait(false);
            if (!_transport.IsShutdown && Met(uid))
            {
                _transport.Publish(new AssociatedEvent(LocalAddress, Remote, inbound: false));
                return connection;
            }

            connection.Dispose();
            failure = null;
        }
        catch (RemoteTransportException cause)
        {
            failure = cause.Message;
            _transport.Publish(new AssociationErrorEvent(cause, LocalAddress, Remote, false, LogLevel.DebugLevel));
        }

        bool isNew;
        lock (_gate)
        {
            CloseGate();

            // Whether another incarnation has come to the address of a quarantined one is asked quietly.
            isNew = failure is not null && !_isQuarantined && _loggedFailures.Count < MaxLoggedFailures && _loggedFailures.Add(failure);
        }

        if (isNew && !_transport.IsShutdown)
            _transport.Log.Warning("No connection to {0}: {1}. Messages to it are dropped until it answers.", Remote, failure);
        return null;
    }

    private void CloseGate() => _closedUntil = Stopwatch.GetTimestamp() + (long)(_transport.Options.RetryGateClosedFor.TotalSeconds * Stopwatch.Frequency);

    public void Disconnected(Lane lane, string reason)
    {
        if (_transport.IsShutdown)
            return;
        _transport.Log.Debug("The {0} connection to {1} ended: {2}", lane, Remote, reason);
        _transport.Publish(new DisassociatedEvent(LocalAddress, Remote, inbound: false));
    }

    public void Drop(in Outgoing outgoing, string reason)
    {
        if (reason is not null)
            _transport.Log.Error("Messages to {0} are dropped: {1}. The receiver is too slow or the sender needs back-pressure.", Remote, reason);
        _transport.DeadLetter(outgoing.Message, outgoing.Sender);
    }
}
