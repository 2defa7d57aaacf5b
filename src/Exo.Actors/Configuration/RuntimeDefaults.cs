using Akka.Configuration;

namespace Exo.Actors.Configuration;

/// <summary>What the embedded runtime must be told beside <c>reference.conf</c>: nothing, its own defaults suit a ring of devices.</summary>
internal static class RuntimeDefaults
{
    private static readonly string[] s_files = ["Akka.conf", "Remote.conf", "Cluster.conf", "PubSub.conf", "Discovery.conf"];

    /// <summary>The embedded runtime proves and encrypts with <c>exo.remote.cluster-key</c>.</summary>
    public static bool TakesClusterKey => true;

    public static Config Config => ConfigurationFactory.Empty;

    /// <summary>The runtime's own files, which have every key that it reads.</summary>
    public static Config Reference => s_files.Aggregate(
        ConfigurationFactory.Empty, (all, file) => all.WithFallback(ConfigurationFactory.FromResource<Akka.Actor.ActorSystem>(file)));
}
