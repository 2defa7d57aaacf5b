using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Option<Config> config, Option<ProviderSelection> provider)
    {
        Config = config;
        ActorRefProvider = provider;
    }

    public Option<Config> Config { get; }

    public Option<ProviderSelection> ActorRefProvider { get; }

    public static BootstrapSetup Create() => new(Option<Config>.None, Option<ProviderSelection>.None);

    public BootstrapSetup WithActorRefProvider(ProviderSelection name) => new(Config, new Option<ProviderSelection>(name));

    public BootstrapSetup WithConfig(Config config) => new(new Option<Config>(config), ActorRefProvider);

    public BootstrapSetup WithConfigFallback(Config config)
        => new(new Option<Config>(Config.HasValue ? Config.Value.SafeWithFallback(config) : config), ActorRefProvider);
}
