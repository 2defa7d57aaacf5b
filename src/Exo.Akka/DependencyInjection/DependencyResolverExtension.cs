using Akka.Actor;
using Akka.Configuration;

namespace Akka.DependencyInjection;

public sealed class DependencyResolverExtension : ExtensionIdProvider<DependencyResolver>
{
    public override DependencyResolver CreateExtension(ExtendedActorSystem system)
        => system.Settings.Setup.Get<DependencyResolverSetup>() is { HasValue: true, Value: { } setup }
            ? new DependencyResolver(setup.DependencyResolver)
            : throw new ConfigurationException(
                $"ActorSystem [{system.Name}] was created without a DependencyResolverSetup: add DependencyResolverSetup.Create(serviceProvider), or use AddAkka");
}
