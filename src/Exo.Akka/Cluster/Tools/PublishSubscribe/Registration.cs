namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>What a node has: an actor under a path, a subscriber of a topic, or one of a group of a topic (group and topic named).</summary>
internal readonly record struct Registration(RegistrationKind Kind, string Name, string Group)
{
    public static Registration Path(string path) => new(RegistrationKind.Path, path, "");

    /// <param name="topic">Its name.</param>
    /// <param name="group">Null for a subscriber of its own.</param>
    public static Registration Topic(string topic, string group = null)
        => string.IsNullOrEmpty(group) ? new(RegistrationKind.Topic, topic, "") : new(RegistrationKind.Group, topic, group);
}
