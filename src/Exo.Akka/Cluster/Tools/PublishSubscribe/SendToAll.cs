using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Goes to the actors registered under the path on all nodes, or on all but this one.</summary>
public sealed record SendToAll : IDistributedPubSubMessage, IWrappedMessage
{
    public SendToAll(string path, object message, bool excludeSelf = false)
    {
        Path = path;
        Message = message;
        ExcludeSelf = excludeSelf;
    }

    public string Path { get; }

    public object Message { get; }

    public bool ExcludeSelf { get; }
}
