using Akka.Event;

namespace Akka.Remote;

public abstract class RemotingLifecycleEvent
{
    public abstract LogLevel LogLevel();
}
