using Akka.Configuration;

namespace Akka.Cluster;

internal static class ClusterConfigFactory
{
    public static Config Default() => ConfigurationFactory.FromResource("Cluster.conf", typeof(ClusterConfigFactory).Assembly);
}
