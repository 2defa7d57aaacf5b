namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Asks a mediator for the topics it knows; answered with <see cref="CurrentTopics"/>.</summary>
public sealed class GetTopics
{
    private GetTopics()
    {
    }

    public static GetTopics Instance { get; } = new();
}
