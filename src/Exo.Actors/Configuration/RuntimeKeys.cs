using System.Collections.Immutable;

namespace Exo.Actors.Configuration;

/// <summary>The keys below <c>akka</c> that the actor runtime has, read from its own configuration files.</summary>
internal static class RuntimeKeys
{
    /// <summary>Sections whose keys are whatever somebody needs: names of actors, classes, phases, methods.</summary>
    private static readonly string[] s_open =
    [
        "akka.actor.default-dispatcher", "akka.actor.deployment", "akka.actor.mailbox", "akka.actor.serialization-bindings", "akka.actor.serialization-identifiers",
        "akka.actor.serializers", "akka.cluster.role", "akka.coordinated-shutdown.phases", "akka.discovery",
    ];

    private static readonly Lazy<ImmutableHashSet<string>> s_keys =
        new(() => [.. ExoConfig.Leaves(ExoConfig.Reference.WithFallback(RuntimeDefaults.Reference)).Select(leaf => leaf.Key).Where(key => key.StartsWith("akka.", StringComparison.Ordinal))]);

    /// <summary>True when the runtime may read this key.</summary>
    /// <param name="key">A full name that begins with <c>akka.</c></param>
    public static bool Has(string key) => s_keys.Value.Contains(key) || s_open.Any(section => key.StartsWith(section + ".", StringComparison.Ordinal));

    /// <summary>The key of the runtime that a mistyped one most likely means.</summary>
    /// <param name="key">What was typed.</param>
    public static string Nearest(string key) => NearestName.Of(key, s_keys.Value.Order(StringComparer.Ordinal));
}
