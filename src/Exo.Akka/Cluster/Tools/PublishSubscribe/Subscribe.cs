using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Registers an actor for the messages of a topic, alone or as one of a group. Answered with <see cref="SubscribeAck"/> once this node knows it.</summary>
public sealed record Subscribe
{
    public Subscribe(string topic, IActorRef @ref, string group = null)
    {
        if (string.IsNullOrEmpty(topic))
            throw new ArgumentException("A topic needs a name", nameof(topic));
        Topic = topic;
        Ref = @ref;
        Group = group;
    }

    public string Topic { get; }

    public string Group { get; }

    public IActorRef Ref { get; }
}
