using Akka.Actor;

namespace Akka.Cluster.SBR;

/// <summary>Downs one side of a partition by the strategy in <c>akka.cluster.split-brain-resolver</c>.</summary>
public class SplitBrainResolverProvider : IDowningProvider
{
    private readonly Cluster _cluster;
    private readonly SplitBrainResolverSettings _settings;

    public SplitBrainResolverProvider(ActorSystem system, Cluster cluster)
    {
        _cluster = cluster;
        _settings = new SplitBrainResolverSettings(system.Settings.Config);
    }

    public TimeSpan DownRemovalMargin
        => _cluster.Settings.DownRemovalMargin > TimeSpan.Zero ? _cluster.Settings.DownRemovalMargin : _settings.DowningStableAfter;

    public Props DowningActorProps => Props.Create(() => new SplitBrainResolverActor(_cluster, _settings));
}
