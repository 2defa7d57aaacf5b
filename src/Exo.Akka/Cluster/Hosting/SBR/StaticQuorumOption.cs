using Akka.Actor.Setup;
using Akka.Hosting;

namespace Akka.Cluster.Hosting.SBR;

public sealed class StaticQuorumOption : SplitBrainResolverOption
{
    public override string ConfigPath => Akka.Cluster.SBR.SplitBrainResolverSettings.StaticQuorumName;

    public int? QuorumSize { get; set; }

    public override void Apply(AkkaConfigurationBuilder builder, Setup setup = null) => Apply(builder, ("quorum-size", QuorumSize?.ToString()));
}
