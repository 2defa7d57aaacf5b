using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

public sealed class ThisActorSystemQuarantinedEvent : RemotingLifecycleEvent
{
    public ThisActorSystemQuarantinedEvent(Address localAddress, Address remoteAddress)
    {
        LocalAddress = localAddress;
        RemoteAddress = remoteAddress;
    }

    public Address LocalAddress { get; }

    public Address RemoteAddress { get; }

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;

    public override string ToString() => $"The remote system [{RemoteAddress}] has quarantined this system [{LocalAddress}].";
}
