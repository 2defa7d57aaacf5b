using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Discovery.Config;

/// <summary>Services written down in the configuration.</summary>
public class ConfigServiceDiscovery : ServiceDiscovery
{
    private readonly ILoggingAdapter _log;
    private ImmutableDictionary<string, Resolved> _services = ImmutableDictionary<string, Resolved>.Empty;

    public ConfigServiceDiscovery(ExtendedActorSystem system)
        : this(system, system.Settings.Config.GetConfig("akka.discovery.config"))
    {
    }

    public ConfigServiceDiscovery(ExtendedActorSystem system, Configuration.Config config)
    {
        if (config is null)
            throw new ArgumentException("Config based discovery HOCON config is null", nameof(config));
        _log = Logging.GetLogger(system, nameof(ConfigServiceDiscovery));
        string path = config.GetString("services-path");
        if (string.IsNullOrWhiteSpace(path))
            _log.Warning("services-path is missing: it names the path of the services, as akka.discovery.config.services");
        else if (system.Settings.Config.GetConfig(path) is not { } services)
            _log.Warning("services-path is [{0}], and there is nothing: no service will be found", path);
        else
            _services = ConfigServicesParser.Parse(services).ToImmutableDictionary();
    }

    public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
        => Task.FromResult(Volatile.Read(ref _services).GetValueOrDefault(lookup.ServiceName) ?? new Resolved(lookup.ServiceName));

    public bool TryAddEndpoint(string serviceName, ResolvedTarget target)
        => Change(serviceName, known => known.Contains(target) ? known : known.Add(target));

    public bool TryRemoveEndpoint(string serviceName, ResolvedTarget target) => Change(serviceName, known => known.Remove(target));

    /// <summary>Whether the change changed anything.</summary>
    private bool Change(string serviceName, Func<ImmutableList<ResolvedTarget>, ImmutableList<ResolvedTarget>> change)
    {
        bool isChanged = false;
        ImmutableInterlocked.Update(ref _services, services =>
        {
            ImmutableList<ResolvedTarget> before = services.GetValueOrDefault(serviceName)?.Addresses ?? [];
            ImmutableList<ResolvedTarget> after = change(before);
            isChanged = !ReferenceEquals(before, after);
            return isChanged || !services.ContainsKey(serviceName) ? services.SetItem(serviceName, new Resolved(serviceName, after)) : services;
        });
        if (!isChanged)
            _log.Info("Nothing to change in service {0}", serviceName);
        return isChanged;
    }
}
