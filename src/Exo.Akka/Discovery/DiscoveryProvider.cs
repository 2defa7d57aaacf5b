using Akka.Actor;
using Akka.Configuration;

namespace Akka.Discovery;

public class DiscoveryProvider : ExtensionIdProvider<Discovery>
{
    public static Configuration.Config DefaultConfiguration() => ConfigurationFactory.FromResource("Discovery.conf", typeof(Discovery).Assembly);

    public override Discovery CreateExtension(ExtendedActorSystem system) => new(system);
}
