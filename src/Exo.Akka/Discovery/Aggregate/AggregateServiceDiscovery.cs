using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Discovery.Aggregate;

/// <summary>Several methods, asked in order: the first that finds something answers, one that fails is passed over.</summary>
public class AggregateServiceDiscovery : ServiceDiscovery
{
    private readonly ImmutableList<(string Name, ServiceDiscovery Discovery)> _methods;
    private readonly ILoggingAdapter _log;

    public AggregateServiceDiscovery(ExtendedActorSystem system)
    {
        _log = Logging.GetLogger(system, nameof(AggregateServiceDiscovery));
        Configuration.Config config = system.Settings.Config.GetConfig("akka.discovery.aggregate")
            ?? throw new ArgumentException("Could not load aggregate discovery config from path [akka.discovery.aggregate]", nameof(system));
        AggregateServiceDiscoverySettings settings = new(config);
        if (settings.DiscoveryMethods.Count == 0)
            _log.Warning("akka.discovery.aggregate.discovery-methods is empty: no service will be found");
        Discovery discovery = Discovery.Get(system);
        _methods = [.. settings.DiscoveryMethods.Select(name => (name, discovery.LoadServiceDiscovery(name)))];
    }

#pragma warning disable CA1725 // The parameter's name is Akka.NET's own.
    public override async Task<Resolved> Lookup(Lookup query, TimeSpan resolveTimeout)
#pragma warning restore CA1725
    {
        foreach ((string name, ServiceDiscovery method) in _methods)
        {
            try
            {
                Resolved found = await method.Lookup(query, resolveTimeout);
                if (!found.Addresses.IsEmpty)
                    return found;
                _log.Debug("Method [{0}] found nothing for {1}", name, query);
            }
#pragma warning disable CA1031 // A method that fails in any way leaves the word to the next one.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _log.Error(e, "Method [{0}] failed to look up {1}; the next one is asked", name, query);
            }
        }

        _log.Warning("No discovery method found {0}", query);
        return new Resolved(query.ServiceName);
    }
}
