namespace Akka.Cluster.Tools.PublishSubscribe;

public sealed record UnsubscribeAck
{
    public UnsubscribeAck(Unsubscribe unsubscribe) => Unsubscribe = unsubscribe;

    public Unsubscribe Unsubscribe { get; }
}
