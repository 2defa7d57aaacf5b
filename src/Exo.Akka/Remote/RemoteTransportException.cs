using Akka.Actor;

namespace Akka.Remote;

public class RemoteTransportException : AkkaException
{
    public RemoteTransportException(string message, Exception cause = null)
        : base(message, cause)
    {
    }
}
