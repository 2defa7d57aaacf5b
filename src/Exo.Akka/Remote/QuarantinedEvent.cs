using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

public sealed class QuarantinedEvent : RemotingLifecycleEvent
{
    public QuarantinedEvent(Address address, int uid)
    {
        Address = address;
        Uid = uid;
    }

    public Address Address { get; }

    public int Uid { get; }

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;

    public override string ToString()
        => $"Association to [{Address}] having UID [{Uid}] is irrecoverably failed. UID is now quarantined and all messages to this UID will be dropped. "
            + "Remote actor system must be restarted to recover from this situation.";
}
