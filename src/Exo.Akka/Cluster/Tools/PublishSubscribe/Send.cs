using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Goes to one of the actors registered under the path, to one of this node if asked so and there is one.</summary>
public sealed record Send : IDistributedPubSubMessage, IWrappedMessage
{
    public Send(string path, object message, bool localAffinity = false)
    {
        Path = path;
        Message = message;
        LocalAffinity = localAffinity;
    }

    public string Path { get; }

    public object Message { get; }

    public bool LocalAffinity { get; }
}
