namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Which of several equal receivers gets a message.</summary>
internal enum PubSubChoice
{
    Random,
    RoundRobin,
    Broadcast,
}
