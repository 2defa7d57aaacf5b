using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Decides about unreachable members. Its class, named in <c>akka.cluster.downing-provider-class</c>, has a constructor (ActorSystem, Cluster).</summary>
public interface IDowningProvider
{
    TimeSpan DownRemovalMargin { get; }

    Props DowningActorProps { get; }
}
