using Akka.Actor;
using Akka.Discovery;

namespace Akka.Guarantees.Discovery;

/// <summary>Finds no address of any service.</summary>
internal sealed class PlainDiscovery : ServiceDiscovery
{
    public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout) => Task.FromResult(new Resolved(lookup.ServiceName));
}

internal sealed class BrokenDiscovery(ExtendedActorSystem system) : ServiceDiscovery
{
    public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout) => throw new InvalidOperationException($"broken in {system.Name}");
}

internal sealed class SettingsDiscovery(ExtendedActorSystem system, global::Akka.Configuration.Config config) : ServiceDiscovery
{
    public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
        => Task.FromResult(new Resolved(lookup.ServiceName, [new ResolvedTarget(config.GetString("host"), system is null ? 0 : null)]));
}
