using Akka.Configuration;

namespace Exo.Actors.Configuration;

/// <summary>
/// What the real Akka.NET packages must be told beside <c>reference.conf</c>. Their defaults suit data centres: a refused address is left alone
/// for 5 s, a frame holds 128 kB, silence is noticed after 5 s. Compiled with <c>-p:AkkaPackages=true</c> in place of the other file.
/// </summary>
internal static class RuntimeDefaults
{
    /// <summary>Nothing there reads <c>exo.remote.cluster-key</c>.</summary>
    public static bool TakesClusterKey => false;

    public static Config Config => ConfigurationFactory.ParseString("""
        akka {
          remote {
            retry-gate-closed-for = 200ms
            dot-netty.tcp {
              maximum-frame-size = 67108864b
              send-buffer-size = 1048576b
              receive-buffer-size = 1048576b
            }
          }

          cluster {
            seed-node-timeout = 1s
            retry-unsuccessful-join-after = 2s
            periodic-tasks-initial-delay = 200ms
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            unreachable-nodes-reaper-interval = 200ms
            failure-detector {
              heartbeat-interval = 200ms
              acceptable-heartbeat-pause = 3s
            }
          }
        }
        """);

    /// <summary>The runtime's own files, which have every key that it reads.</summary>
    public static Config Reference => ConfigurationFactory.Default()
        .WithFallback(ConfigurationFactory.FromResource<Akka.Remote.RemoteSettings>("Akka.Remote.Configuration.Remote.conf"))
        .WithFallback(ConfigurationFactory.FromResource<Akka.Cluster.Cluster>("Akka.Cluster.Configuration.Cluster.conf"))
        .WithFallback(ConfigurationFactory.FromResource<Akka.Cluster.Tools.PublishSubscribe.DistributedPubSub>("Akka.Cluster.Tools.PublishSubscribe.reference.conf"))
        .WithFallback(ConfigurationFactory.FromResource<Akka.Discovery.Discovery>("Akka.Discovery.Resources.reference.conf"));
}
