using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

public sealed class AssociationErrorEvent : AssociationEvent
{
    private readonly LogLevel _level;

    public AssociationErrorEvent(Exception cause, Address localAddress, Address remoteAddress, bool inbound, LogLevel level)
    {
        Cause = cause;
        LocalAddress = localAddress;
        RemoteAddress = remoteAddress;
        IsInbound = inbound;
        _level = level;
        EventName = "AssociationError";
    }

    public Exception Cause { get; }

    public override Address LocalAddress { get; protected set; }

    public override Address RemoteAddress { get; protected set; }

    public override bool IsInbound { get; protected set; }

    public override LogLevel LogLevel() => _level;

    public override string ToString() => $"{base.ToString()}: {Cause.Message}";
}
