namespace Akka.Discovery.Aggregate;

public sealed class AggregateServiceDiscoverySettings
{
    public AggregateServiceDiscoverySettings(Configuration.Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        DiscoveryMethods = [.. config.GetStringList("discovery-methods")];
    }

    public List<string> DiscoveryMethods { get; }
}
