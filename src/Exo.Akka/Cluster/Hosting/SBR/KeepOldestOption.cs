using Akka.Actor.Setup;
using Akka.Hosting;

namespace Akka.Cluster.Hosting.SBR;

public sealed class KeepOldestOption : SplitBrainResolverOption
{
    public override string ConfigPath => Akka.Cluster.SBR.SplitBrainResolverSettings.KeepOldestName;

    public bool? DownIfAlone { get; set; }

    public override void Apply(AkkaConfigurationBuilder builder, Setup setup = null) => Apply(builder, ("down-if-alone", DownIfAlone is { } on ? on ? "on" : "off" : null));
}
