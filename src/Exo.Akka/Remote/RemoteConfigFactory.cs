using Akka.Configuration;

namespace Akka.Remote;

internal static class RemoteConfigFactory
{
    public static Config Default() => ConfigurationFactory.FromResource("Remote.conf", typeof(RemoteConfigFactory).Assembly);
}
