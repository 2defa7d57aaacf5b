using System.Collections.Concurrent;
using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Discovery;

/// <summary>The discovery methods of an actor system; each is made once, when it is first asked for.</summary>
public class Discovery : IExtension
{
    private const string Placeholder = "<method>";
    private readonly ConcurrentDictionary<string, Lazy<ServiceDiscovery>> _methods = new();
    private readonly Lazy<ServiceDiscovery> _default;
    private readonly ExtendedActorSystem _system;
    private readonly ILoggingAdapter _log;

    public Discovery(ExtendedActorSystem system)
    {
        _system = system;
        _system.Settings.InjectTopLevelFallback(DiscoveryProvider.DefaultConfiguration());
        _log = Logging.GetLogger(system, nameof(Discovery));
        _default = new Lazy<ServiceDiscovery>(() => LoadServiceDiscovery(DefaultMethod()));
    }

    public ServiceDiscovery Default => _default.Value;

    public static Discovery Get(ActorSystem system) => system.WithExtension<Discovery, DiscoveryProvider>();

    public ServiceDiscovery LoadServiceDiscovery(string method) => _methods.GetOrAdd(method, name => new Lazy<ServiceDiscovery>(() => Create(name))).Value;

    private string DefaultMethod()
    {
        string method = _system.Settings.Config.GetString("akka.discovery.method");
        if (!string.IsNullOrWhiteSpace(method) && method != Placeholder)
            return method;
        _log.Warning("akka.discovery.method is not set: services are looked up in the configuration (method 'config')");
        return "config";
    }

    private ServiceDiscovery Create(string method)
    {
        Configuration.Config config = _system.Settings.Config.GetConfig($"akka.discovery.{method}")
            ?? throw new ArgumentException($"Could not load discovery config from path [akka.discovery.{method}]", nameof(method));
        string key = $"akka.discovery.{method}.class";
        if (!config.HasPath("class"))
            throw new ArgumentException($"{key} is missing: it names the class that extends Akka.Discovery.ServiceDiscovery", nameof(method));
        string name = config.GetString("class");
        _log.Info("Starting Discovery service using [{0}] method, class: [{1}]", method, name);
        Type type = Find(name, key);
        foreach (object[] arguments in new object[][] { [_system, config], [_system], [] })
        {
            Type[] signature = [.. new[] { typeof(ExtendedActorSystem), typeof(Configuration.Config) }.Take(arguments.Length)];
            if (type.GetConstructor(BindingFlags.Instance | BindingFlags.Public, signature) is { } constructor)
                return (ServiceDiscovery)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
        }

        throw Unusable(key, name, inner: null);
    }

    private static Type Find(string name, string key)
    {
        try
        {
            Type type = RuntimeTypes.Find(name, key);
            return typeof(ServiceDiscovery).IsAssignableFrom(type) && !type.IsAbstract ? type : throw Unusable(key, name, inner: null);
        }
        catch (ConfigurationException e)
        {
            throw Unusable(key, name, e);
        }
    }

    private static ArgumentException Unusable(string key, string name, Exception inner) => new(
        $"{key} is [{name}]: it must name a class that extends Akka.Discovery.ServiceDiscovery and has a public constructor with (ExtendedActorSystem, Config), (ExtendedActorSystem) or nothing", inner);
}
