using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

public sealed class RemotingListenEvent : RemotingLifecycleEvent
{
    public RemotingListenEvent(IList<Address> listenAddresses) => ListenAddresses = listenAddresses;

    public IList<Address> ListenAddresses { get; }

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;

    public override string ToString() => $"Remoting now listens on addresses: [{string.Join(",", ListenAddresses)}]";
}
