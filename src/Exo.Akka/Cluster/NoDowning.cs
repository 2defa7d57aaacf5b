using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Nobody downs unreachable members but an operator.</summary>
public sealed class NoDowning : IDowningProvider
{
    private readonly Cluster _cluster;

    public NoDowning(ActorSystem system, Cluster cluster)
    {
        ArgumentNullException.ThrowIfNull(system);
        _cluster = cluster;
    }

    public TimeSpan DownRemovalMargin => _cluster.Settings.DownRemovalMargin;

    public Props DowningActorProps => null;
}
