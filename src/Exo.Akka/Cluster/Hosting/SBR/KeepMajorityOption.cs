using Akka.Actor.Setup;
using Akka.Hosting;

namespace Akka.Cluster.Hosting.SBR;

public sealed class KeepMajorityOption : SplitBrainResolverOption
{
    public override string ConfigPath => Akka.Cluster.SBR.SplitBrainResolverSettings.KeepMajorityName;

    public override void Apply(AkkaConfigurationBuilder builder, Setup setup = null) => Apply(builder, []);
}
