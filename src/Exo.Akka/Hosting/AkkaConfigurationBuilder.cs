using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Serialization;
using Akka.Util;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.Hosting;

/// <summary>Collects what an actor system in a host is made from.</summary>
public sealed class AkkaConfigurationBuilder
{
    private readonly List<Func<ActorSystem, IActorRegistry, IDependencyResolver, Task>> _actors = [];
    private readonly List<Func<ActorSystem, IActorRegistry, IDependencyResolver, Task>> _startup = [];
    private readonly List<(string Identifier, ImmutableHashSet<Type> Types, Func<ExtendedActorSystem, Serializer> Factory)> _serializers = [];
    private readonly List<Type> _extensions = [];
    private readonly List<Setup> _setups = [];
    private readonly string _systemName;

    public AkkaConfigurationBuilder(IServiceCollection serviceCollection, string actorSystemName)
    {
        ServiceCollection = serviceCollection;
        _systemName = actorSystemName;
    }

    public Option<ProviderSelection> ActorRefProvider { get; private set; } = Option<ProviderSelection>.None;

    public Option<Config> Configuration { get; private set; } = Option<Config>.None;

    internal IServiceCollection ServiceCollection { get; }

    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask)
        => Add(_startup, (system, registry, _) => Run(() => startupTask(system, registry)));

    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask) => Add(_startup, (system, registry, _) => startupTask(system, registry));

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter)
        => Add(_actors, (system, registry, _) => Run(() => starter(system, registry)));

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry, IDependencyResolver> starter)
        => Add(_actors, (system, registry, resolver) => Run(() => starter(system, registry, resolver)));

    public AkkaConfigurationBuilder StartActors(ActorStarter starter) => Add(_actors, (system, registry, _) => starter(system, registry));

    public AkkaConfigurationBuilder StartActors(ActorStarterWithResolver starter)
        => Add(_actors, (system, registry, resolver) => starter(system, registry, resolver));

    public AkkaConfigurationBuilder WithCustomSerializer(
        string serializerIdentifier, IEnumerable<Type> boundTypes, Func<ExtendedActorSystem, Serializer> serializerFactory)
    {
        _serializers.Add((serializerIdentifier, [.. boundTypes], serializerFactory));
        return this;
    }

    public AkkaConfigurationBuilder WithExtensions(params Type[] extensions)
    {
        foreach (Type extension in extensions)
        {
            if (!typeof(IExtensionId).IsAssignableFrom(extension) || extension.IsAbstract)
                throw new ConfigurationException($"Type must implement {nameof(IExtensionId)} and be constructible: {extension.FullName}");
            if (!_extensions.Contains(extension))
                _extensions.Add(extension);
        }

        return this;
    }

    public AkkaConfigurationBuilder WithExtension<T>()
        where T : IExtensionId
        => WithExtensions(typeof(T));

    internal void Add(Config config, HoconAddMode mode)
    {
        Config current = Configuration.HasValue ? Configuration.Value : Config.Empty;
        Configuration = new Option<Config>(mode switch
        {
            HoconAddMode.Append => current.SafeWithFallback(config),
            HoconAddMode.Prepend => config.SafeWithFallback(current),
            _ => config,
        });
    }

    internal void Add(Setup setup)
    {
        _setups.RemoveAll(known => known.GetType() == setup.GetType());
        _setups.Add(setup);
    }

    internal void Use(ProviderSelection provider) => ActorRefProvider = new Option<ProviderSelection>(provider);

    internal ActorSystem Build(IServiceProvider services)
    {
        BootstrapSetup bootstrap = BootstrapSetup.Create().WithConfig(Configuration.HasValue ? Configuration.Value : Config.Empty);
        if (ActorRefProvider.HasValue)
            bootstrap = bootstrap.WithActorRefProvider(ActorRefProvider.Value);
        ActorSystemSetup setup = ActorSystemSetup.Create(bootstrap).And(DependencyResolverSetup.Create(services));
        if (_serializers.Count > 0)
            setup = setup.And(SerializationSetup.Create(CreateSerializers));
        foreach (Setup added in _setups)
            setup = setup.And(added);
        setup = Logging.LoggerFactorySetup.Complete(setup, services);
        ActorSystem system = ActorSystem.Create(_systemName, setup);
        foreach (Type extension in _extensions)
            system.RegisterExtension((IExtensionId)Activator.CreateInstance(extension));
        return system;
    }

    internal async Task Start(ActorSystem system)
    {
        ActorRegistry registry = ActorRegistry.For(system);
        IDependencyResolver resolver = DependencyResolver.For(system).Resolver;
        foreach (Func<ActorSystem, IActorRegistry, IDependencyResolver, Task> task in _actors.Concat(_startup))
            await task(system, registry, resolver).ConfigureAwait(false);
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private AkkaConfigurationBuilder Add(
        List<Func<ActorSystem, IActorRegistry, IDependencyResolver, Task>> to, Func<ActorSystem, IActorRegistry, IDependencyResolver, Task> task)
    {
        to.Add(task);
        return this;
    }

    private ImmutableHashSet<SerializerDetails> CreateSerializers(ExtendedActorSystem system)
        => [.. _serializers.Select(entry => SerializerDetails.Create(entry.Identifier, entry.Factory(system), entry.Types))];
}
