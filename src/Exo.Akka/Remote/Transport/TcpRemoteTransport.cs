using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Remote.Transport;

/// <summary>Carries messages between actor systems: knows the associations, the incoming connections and the serializers.</summary>
internal sealed class TcpRemoteTransport : IDisposable
{
    private const long QuarantineNoticeMilliseconds = 5_000;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Address, Association> _associations = new();
    private readonly ConcurrentDictionary<InboundConnection, byte> _inbound = new();
    private readonly ConcurrentDictionary<Address, long> _quarantinedBy = new();
    private readonly RemoteActorRefProvider _provider;
    private readonly ActorSystemImpl _system;
    private readonly HashSet<string> _bulkSerializerNames;
    private readonly ConcurrentDictionary<Type, bool> _isBulkSerializer = new();
    private Listener _listener;
    private Timer _timer;
    private volatile bool _isShutdown;

    public TcpRemoteTransport(ActorSystemImpl system, RemoteActorRefProvider provider, TransportOptions options)
    {
        _system = system;
        _provider = provider;
        Options = options;
        Log = Logging.GetLogger(system, "Akka.Remote.Remoting");
        _bulkSerializerNames = [.. options.BulkSerializers];
        Uid = AddressUidExtension.Uid(system);
        Security = TransportSecurity.Create(options);
        Refusals = new RefusalLog(line => Log.Warning("{0}", line), static () => Environment.TickCount64);
        Heartbeats = new Heartbeats.HeartbeatThread(this, system.Name);
    }

    public TransportOptions Options { get; }

    public ILoggingAdapter Log { get; }

    public int Uid { get; }

    /// <summary>Null where connections are plain.</summary>
    public TransportSecurity Security { get; }

    public RefusalLog Refusals { get; }

    public Address DefaultAddress { get; private set; }

    /// <summary>The port that is bound; others may know this node under another one.</summary>
    public int ListenPort => _listener.Port;

    public bool IsShutdown => _isShutdown;

    public Heartbeats.HeartbeatThread Heartbeats { get; }

    /// <summary>Binds the port; connections are taken from now on.</summary>
    public void Start()
    {
        try
        {
            _listener = Listener.Bind(this);
        }
        catch (RemoteTransportException cause)
        {
            Publish(new RemotingErrorEvent(cause));
            throw;
        }

        string host = string.IsNullOrEmpty(Options.PublicHostname) ? Listener.LocalHostAddress() : Options.PublicHostname;
        DefaultAddress = new Address("akka.tcp", _system.Name, host, Options.PublicPort != 0 ? Options.PublicPort : _listener.Port);
        _listener.Start();
        Heartbeats.Start();
        _timer = new Timer(_ => Tick(), null, s_tick, s_tick);
        Publish(new RemotingListenEvent([DefaultAddress]));
        Log.Info("Remoting now listens on {0}", DefaultAddress);
    }

    public async Task ShutdownAsync()
    {
        if (_isShutdown)
            return;
        await FlushAsync().ConfigureAwait(false);
        Dispose();
        Publish(new RemotingShutdownEvent());
    }

    public void Dispose()
    {
        _isShutdown = true;
        _timer?.Dispose();
        _listener?.Dispose();
        Heartbeats.Dispose();
        foreach (Association association in _associations.Values)
            association.Close();
        foreach (InboundConnection connection in _inbound.Keys)
            connection.Dispose();
    }

    public Lane LaneOf(ActorPath path)
    {
        string text = path.ToStringWithoutAddress();
        foreach (string pattern in Options.BulkPaths)
        {
            if (PathPattern.Matches(pattern, text))
                return Lane.Bulk;
        }

        return Lane.Control;
    }

    public void Send(object message, IActorRef sender, RemoteActorRef recipient)
    {
        if (_isShutdown)
        {
            DeadLetter(message, sender);
            return;
        }

        Association association = recipient.Association ??= AssociationWith(recipient.Path.Address);
        if (association.IsQuarantined && association.IsGated)
        {
            Log.Debug("Message [{0}] to the quarantined {1} was dropped", message.GetType(), recipient);
            return;
        }

        Lane lane = recipient.Lane;
        int serializerId;
        string manifest;
        byte[] payload;
        try
        {
            Serializer serializer = _system.Serialization.FindSerializerFor(message);
            (serializerId, manifest, payload) = MessageContainer.Serialize(_system, serializer, message);
            if (lane == Lane.Control && IsBulk(serializer))
                lane = Lane.Bulk;
        }
#pragma warning disable CA1031 // Whatever a serializer throws concerns its message alone, neither the sender nor the connection.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Log.Error(cause, "Message [{0}] to {1} cannot be serialized and is dropped", message.GetType(), recipient);
            return;
        }

        int limit = lane == Lane.Bulk ? Options.BulkFrameBytes : Options.ControlFrameBytes;
        if (payload.Length > limit)
        {
            Log.Error(
                "Message [{0}] to {1} is dropped: it has {2} bytes, {3} connections carry at most {4}. {5}",
                message.GetType(), recipient, payload.Length, lane == Lane.Bulk ? "bulk" : "control", limit,
                lane == Lane.Bulk ? "Raise exo.remote.bulk-maximum-frame-size." : "Add its receiver to exo.remote.bulk-paths.");
            return;
        }

        association.Send(lane, Outgoing.User(message, recipient, sender, serializerId, manifest, payload));
    }

    public void SendSystem(ISystemMessage message, RemoteActorRef recipient)
    {
        byte[] body = SystemMessages.Encode(message, recipient, DefaultAddress);
        if (body is null)
            Log.Warning("System message [{0}] to {1} does not go between nodes and is dropped", message, recipient);
        else if (!_isShutdown)
            AssociationWith(recipient.Path.Address).SendSystem(body);
    }

    public void Quarantine(Address address, int? uid, string reason)
    {
        Association association = AssociationWith(address);
        if (association.Quarantine(uid) is not { } quarantined)
            return;
        foreach (InboundConnection connection in _inbound.Keys)
        {
            if (connection.Remote.Equals(address) && association.IsQuarantinedUid(connection.Uid))
                connection.Dispose();
        }

        Log.Info("{0} (uid {1}) is quarantined: {2}", address, quarantined, reason);
        Publish(new QuarantinedEvent(address, quarantined));
        _provider.Watches.AddressTerminated(address);
    }

    public bool IsQuarantined(Address address, int uid)
        => _associations.TryGetValue(address, out Association association) && association.IsQuarantinedUid(uid);

    public Association AssociationWith(Address address)
        => _associations.GetOrAdd(address, static (remote, transport) => new Association(transport, remote), this);

    public Task<(PeerConnection Connection, int Uid)> DialAsync(Address remote, Lane lane)
        => Dialer.DialAsync(this, remote, lane);

    /// <summary>Tries to reach a node that was given up: if it hears this one and has given it up as well, that is published here.</summary>
    public async Task ProbeAsync(Address remote)
    {
        try
        {
            (PeerConnection connection, int uid) = await DialAsync(remote, Lane.Control).ConfigureAwait(false);
            connection.Dispose();
            Log.Debug("{0} (uid {1}) answers again", remote, uid);
        }
        catch (RemoteTransportException cause)
        {
            Log.Debug("{0} was probed: {1}", remote, cause.Message);
        }
    }

    public void SystemMessagesLost(Address remote, int? uid, string reason) => Quarantine(remote, uid, reason);

    /// <summary>Another incarnation answers at the address: the one before it is dead.</summary>
    public void Replaced(Address remote, int oldUid)
    {
        Log.Debug("{0} is a new incarnation; uid {1} is gone", remote, oldUid);
        Heartbeats.IncarnationGone(remote, oldUid);
        _provider.Watches.AddressTerminated(remote);
    }

    /// <summary>Another node told this one that it is quarantined there. Said once in a while, as every attempt to connect is told so.</summary>
    public void QuarantinedBy(Address remote)
    {
        long now = Environment.TickCount64;
        if (_quarantinedBy.TryGetValue(remote, out long last) && now - last < QuarantineNoticeMilliseconds)
            return;
        _quarantinedBy[remote] = now;
        Publish(new ThisActorSystemQuarantinedEvent(DefaultAddress, remote));
    }

    public void Publish(RemotingLifecycleEvent lifecycleEvent) => _system.EventStream.Publish(lifecycleEvent);

    public void DeadLetter(object message, IActorRef sender)
    {
        if (message is not null)
            _system.DeadLetters.Tell(message, sender);
    }

    public void Accepted(InboundConnection connection)
    {
        _inbound.TryAdd(connection, 0);
        if (_isShutdown)
            connection.Dispose();
        Publish(new AssociatedEvent(DefaultAddress, connection.Remote, inbound: true));
        _ = connection.ReadAsync();
    }

    public void Ended(InboundConnection connection, string reason)
    {
        _inbound.TryRemove(connection, out _);
        connection.Dispose();
        if (_isShutdown)
            return;
        Log.Debug("The {0} connection from {1} ended: {2}", connection.Lane, connection.Remote, reason);
        Publish(new DisassociatedEvent(DefaultAddress, connection.Remote, inbound: true));
    }

    public void Deliver(
        InboundConnection connection, TextNumbers.Entry recipient, TextNumbers.Entry sender, int serializerId, TextNumbers.Entry manifest, byte[] payload)
    {
        if (recipient is null)
            throw new InvalidDataException("a message without recipient");
        IInternalActorRef target = Resolve(recipient);
        IActorRef from = sender is null ? ActorRefs.NoSender : Resolve(sender);
        object message;
        try
        {
            message = _system.Serialization.Deserialize(payload, serializerId, manifest?.Text ?? "")
                ?? throw new InvalidDataException("it is nothing at all");
        }
#pragma warning disable CA1031 // A payload that cannot be read costs a warning and itself; the connection stays.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Refusals.Say(
                connection.Remote.ToString(),
                $"{serializerId} {manifest?.Text}",
                $"A message from {connection.Remote} to {recipient.Text} is dropped: serializer {serializerId}, manifest [{manifest?.Text}]: {cause.Message}");
            return;
        }

        if (target is RemoteActorRef)
            Log.Error("Dropping message [{0}] for non-local recipient [{1}] arriving at [{2}]", message.GetType(), recipient.Text, DefaultAddress);
        else if (Harm.IsIn(message, target.Path))
            Log.Warning("{0} may not end {1}: [{2}] is dropped", connection.Remote, recipient.Text, message.GetType());
        else
            Tell(connection, target, message, from);
    }

    public void DeliverSystem(InboundConnection connection, long sequence, ReadOnlySpan<byte> body)
    {
        Association association = AssociationWith(connection.Remote);
        if (association.ShouldDeliver(connection.Uid, sequence))
        {
            (IInternalActorRef recipient, ISystemMessage message) = SystemMessages.Decode(body, ResolveOrAbsent);
            if (Harm.IsIn(message, recipient.Path))
                Log.Warning("{0} may not end {1}", connection.Remote, recipient);
            else if (_provider.Watches.Received(connection.Remote, recipient, message))
                recipient.SendSystemMessage(message);
        }

        association.Send(Lane.Control, Outgoing.Ack(connection.Uid, association.DeliveredSequence));
    }

    public void Acknowledged(InboundConnection connection, int uid, long sequence)
    {
        if (uid == Uid)
            AssociationWith(connection.Remote).Acknowledged(sequence);
    }

    private static void Tell(InboundConnection connection, IInternalActorRef target, object message, IActorRef from)
    {
        if (target is LocalActorRef local)
        {
            local.Tell(message, from, connection.WakeUps);
            return;
        }

        // What waits for an answer may go on at once, on this thread and for long.
        connection.WakeUps.Give();
        target.Tell(message, from);
    }

    private IInternalActorRef Resolve(TextNumbers.Entry entry)
    {
        IInternalActorRef known = entry.Actor;
        if (known is not null && !known.IsTerminated)
            return known;
        IInternalActorRef found = ResolvePath(entry.Text);

        // An absent actor may come later under the same path.
        entry.Actor = found is LocalActorRef or RemoteActorRef ? found : null;
        return found;
    }

    private IInternalActorRef ResolvePath(string path) => (IInternalActorRef)_provider.ResolveActorRef(path);

    /// <summary>For system messages: an answer about an actor that is gone must still name it.</summary>
    private IInternalActorRef ResolveOrAbsent(string path)
    {
        IInternalActorRef found = ResolvePath(path);
        return found is LocalActorRef or RemoteActorRef || !ActorPath.TryParse(path, out ActorPath parsed) ? found : new AbsentActorRef(_provider, parsed);
    }

    private bool IsBulk(Serializer serializer)
        => _bulkSerializerNames.Count > 0
        && _isBulkSerializer.GetOrAdd(serializer.GetType(), type => _bulkSerializerNames.Contains(type.FullName) || _bulkSerializerNames.Contains(type.Name));

    private void Tick()
    {
        foreach (Association association in _associations.Values)
            association.Tick();
    }

    private async Task FlushAsync()
    {
        long end = Environment.TickCount64 + (long)Options.FlushWait.TotalMilliseconds;
        while (_associations.Values.Any(a => !a.IsIdle) && Environment.TickCount64 < end)
            await Task.Delay(10).ConfigureAwait(false);
    }
}
