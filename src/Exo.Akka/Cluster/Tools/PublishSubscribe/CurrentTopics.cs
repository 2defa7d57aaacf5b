using System.Collections.Immutable;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Topics with a subscriber on any node that the asked one has heard of.</summary>
public sealed record CurrentTopics
{
    public CurrentTopics(IImmutableSet<string> topics) => Topics = topics;

    public IImmutableSet<string> Topics { get; }

    public bool Equals(CurrentTopics other) => other is not null && Topics.SetEquals(other.Topics);

    public override int GetHashCode() => Topics.Aggregate(0, (hash, topic) => hash ^ topic.GetHashCode(StringComparison.Ordinal));
}
