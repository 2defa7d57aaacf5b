namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Goes between mediators, or to one on another node.</summary>
public interface IDistributedPubSubMessage
{
}
