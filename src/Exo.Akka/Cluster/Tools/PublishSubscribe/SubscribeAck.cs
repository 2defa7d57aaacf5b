using Akka.Event;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>This node knows of the subscription; publishers on other nodes learn of it a moment later.</summary>
public sealed record SubscribeAck : IDeadLetterSuppression
{
    public SubscribeAck(Subscribe subscribe) => Subscribe = subscribe;

    public Subscribe Subscribe { get; }
}
