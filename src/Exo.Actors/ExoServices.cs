using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Exo.Actors.Configuration;
using Exo.Actors.Membership;
using Exo.Actors.Models;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;
using Exo.Actors.Sessions;
using Exo.Actors.Shards;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Exo.Actors;

/// <summary>Makes a process a device.</summary>
public static class ExoServices
{
    /// <summary>Adds the actor system with everything that a device runs, a <see cref="ModelStore"/> and the <see cref="ExoNode"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">What the device is told at its start.</param>
    /// <exception cref="ConfigurationException">The user's configuration has an unknown key or a bad value, or the device is reachable from the network and lacks what keeps strangers out.</exception>
    public static IServiceCollection AddExo(this IServiceCollection services, NodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        Config config = ExoConfig.With(settings.Overrides, settings.Configuration);
        if (ClusterProtection.Refusal(settings.Host, ClusterProtection.IsByKey, settings.ClusterKey, config) is { } reason)
        {
            throw new ConfigurationException(reason);
        }

        KeeperSettings keeperSettings = KeeperSettings.Read(config);
        ShardSettings shardSettings = ShardSettings.Read(config, settings.Threads);
        SessionSettings sessionSettings = SessionSettings.Read(config);
        WishSettings wishSettings = WishSettings.Read(config);
        HealingSettings healingSettings = HealingSettings.Read(config);
        WishMemory wishes = new();
        services.AddSingleton(_ => new ModelStore(settings.HomeFolder));
        services.AddSingleton(provider => new NodeLife(
            (before, rejoining, ct) => Incarnation.StartAsync(
                provider.GetRequiredService<ILoggerFactory>(),
                builder =>
                {
                    ModelStore store = provider.GetRequiredService<ModelStore>();
                    NodeSettings now = before is null ? settings : settings with { Port = settings.Port != 0 ? settings.Port : Addresses.PortOf(before.Address), Seeds = rejoining.Seeds };
                    Configure(builder, now, config, (system, registry) =>
                    {
                        IActorRef keeper = Start(system, now, store, wishes, keeperSettings, shardSettings);
                        system.ActorOf(Props.Create(() => new Healing(rejoining, healingSettings)), HealingProtocol.Path);
                        registry.Register<Keeper>(keeper);
                    });
                },
                ct),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<NodeLife>>()));
        services.AddSingleton(provider => new ExoNode(settings, provider.GetRequiredService<NodeLife>(), provider.GetRequiredService<ModelStore>(), sessionSettings, wishSettings));
        services.AddHostedService(provider => provider.GetRequiredService<NodeLife>());
        return services;
    }

    private static void Configure(AkkaConfigurationBuilder builder, NodeSettings settings, Config config, Action<ActorSystem, IActorRegistry> start)
    {
        builder.ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers();
            loggers.LogLevel = LogLevel.InfoLevel;
            loggers.AddLoggerFactory();
        });
        if (settings.ClusterKey is { Length: > 0 } key)
        {
            builder.AddHocon(ConfigurationFactory.ParseString($"exo.remote.cluster-key = \"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""), HoconAddMode.Prepend);
        }

        builder
            .AddHocon(config.WithFallback(RuntimeDefaults.Config), HoconAddMode.Append)
            .WithRemoting(settings.Host, settings.Port)
            .WithClustering(new ClusterOptions { SeedNodes = [.. settings.Seeds.Select(seed => $"akka.tcp://{Addresses.SystemName}@{seed}")] })
            .WithActors(start);
    }

    private static IActorRef Start(ActorSystem system, NodeSettings settings, ModelStore store, WishMemory wishes, KeeperSettings keeperSettings, ShardSettings shardSettings)
    {
        string name = settings.DeviceName ?? Environment.MachineName;
        DeviceProfile profile = new(name, settings.MemoryBytes ?? UsableMemory.Measure(), settings.HttpAddress ?? "", Environment.ProcessId);
        IActorRef directory = system.ActorOf(Props.Create(() => new DeviceDirectory(profile)), DirectoryProtocol.Path);
        IActorRef shards = system.ActorOf(Props.Create(() => new ShardHost(store, shardSettings)), ShardProtocol.Path);
        IActorRef keeper = system.ActorOf(Props.Create(() => new Keeper(directory, shards, store, wishes, keeperSettings)), RingProtocol.Path);
        if (settings.Seeds.IsEmpty)
        {
            Cluster cluster = Cluster.Get(system);
            cluster.Join(cluster.SelfAddress);
        }

        return keeper;
    }
}
