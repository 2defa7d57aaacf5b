using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Goes to every subscriber of the topic that has no group, or, if asked so, to one subscriber of each group and to nobody else.</summary>
public sealed record Publish : IDistributedPubSubMessage, IWrappedMessage
{
    public Publish(string topic, object message, bool sendOneMessageToEachGroup = false)
    {
        Topic = topic;
        Message = message;
        SendOneMessageToEachGroup = sendOneMessageToEachGroup;
    }

    public string Topic { get; }

    public object Message { get; }

    public bool SendOneMessageToEachGroup { get; }
}
