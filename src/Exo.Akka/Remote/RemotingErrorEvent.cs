using Akka.Event;

namespace Akka.Remote;

public sealed class RemotingErrorEvent : RemotingLifecycleEvent
{
    public RemotingErrorEvent(Exception cause) => Cause = cause;

    public Exception Cause { get; }

    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;

    public override string ToString() => $"Remoting error: [{Cause.Message}]";
}
