using System.Net;
using Akka.Configuration;

namespace Exo.Actors.Configuration;

/// <summary>What keeps strangers out of a cluster that the network can reach, and what a device lacks of it.</summary>
public static class ClusterProtection
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    /// <summary>
    /// True when the actor runtime of this build does what <c>exo.remote.cluster-key</c> and <c>exo.remote.tls</c> ask for. Akka.NET's own packages know
    /// neither: there it is false, and their own TLS takes the place.
    /// </summary>
    public static bool IsByKey => RuntimeDefaults.TakesClusterKey;

    /// <summary>Why a device must not start, with the remedy; null when it may.</summary>
    /// <param name="host">Name or address that it listens on.</param>
    /// <param name="clusterKey">Its cluster key; null or empty = none.</param>
    /// <param name="overrides">HOCON that lies on top; null = none.</param>
    /// <param name="configuration">The user's HOCON below it; null = none.</param>
    /// <exception cref="ConfigurationException">A text cannot be read.</exception>
    public static string? Refusal(string host, string? clusterKey, string? overrides, string? configuration)
        => Refusal(host, IsByKey, clusterKey, ExoConfig.With(overrides, configuration));

    /// <summary>The decision, for either runtime.</summary>
    internal static string? Refusal(string host, bool isByKey, string? clusterKey, Config config)
    {
        if (IsLoopback(host))
        {
            return null;
        }

        if (isByKey)
        {
            bool hasCertificate = Text(config, "exo.remote.tls.certificate").Length > 0 && Text(config, "exo.remote.tls.authority").Length > 0;
            return hasCertificate || !string.IsNullOrWhiteSpace(clusterKey)
                ? null
                : $"Devices on {host} are reachable from the network, so they need a cluster key (exo.remote.cluster-key), or a certificate and its authority (exo.remote.tls).";
        }

        string? missing = !config.GetBoolean($"{Tcp}.enable-ssl", false) ? "enable-ssl is off"
            : !HasCertificate(config) ? "ssl.certificate names neither a path nor a thumbprint"
            : null;
        return missing is null
            ? null
            : $"Devices on {host} are reachable from the network, and {Tcp}.{missing}. This build runs on Akka.NET's own packages, where a cluster key protects nothing: set {Tcp}.enable-ssl = on and {Tcp}.ssl.certificate {{ path, password }} in exo.conf on every device, or listen on 127.0.0.1, or use the build with the embedded runtime.";
    }

    private static bool HasCertificate(Config config)
        => Text(config, $"{Tcp}.ssl.certificate.path").Length > 0
        || ((config.GetBoolean($"{Tcp}.ssl.certificate.use-thumbprint-over-file", false) || config.GetBoolean($"{Tcp}.ssl.certificate.use-thumprint-over-file", false)) && Text(config, $"{Tcp}.ssl.certificate.thumbprint").Length > 0);

    private static string Text(Config config, string key) => config.GetString(key, "")?.Trim() ?? "";

    private static bool IsLoopback(string host) => host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
