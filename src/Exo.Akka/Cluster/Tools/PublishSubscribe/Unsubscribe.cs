using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Takes back a <see cref="Subscribe"/> of the same topic, actor and group.</summary>
public sealed record Unsubscribe
{
    public Unsubscribe(string topic, IActorRef @ref, string group = null)
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
