using System.Globalization;

namespace Akka.Discovery.Config;

public static class ConfigServicesParser
{
    /// <summary>Reads <c>name { endpoints = ["host:port", "host"] }</c> for every name.</summary>
    public static Dictionary<string, ServiceDiscovery.Resolved> Parse(Configuration.Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.AsEnumerable().ToDictionary(
            service => service.Key,
            service => new ServiceDiscovery.Resolved(service.Key, service.Value.GetObject().GetKey("endpoints")?.GetStringList().Select(Target)));
    }

    private static ServiceDiscovery.ResolvedTarget Target(string endpoint)
    {
        // An IPv6 address has colons of its own; with a port it stands in brackets.
        int colon = endpoint.LastIndexOf(':');
        bool hasPort = colon > 0 && (endpoint.IndexOf(':', StringComparison.Ordinal) == colon || endpoint[colon - 1] == ']');
        string host = (hasPort ? endpoint[..colon] : endpoint).Trim('[', ']');
        return new ServiceDiscovery.ResolvedTarget(
            host, hasPort && int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : null);
    }
}
