using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

public class Settings
{
    private static readonly Lazy<Config> s_default = new(ConfigurationFactory.Default);

    internal Settings(ActorSystem system, Config config, ActorSystemSetup setup)
    {
        System = system;
        Setup = setup;
        Config = config.SafeWithFallback(s_default.Value);
        string provider = Config.GetString("akka.actor.provider", "local");
        ProviderSelectionType = ProviderSelection.For(provider);
        ProviderClass = ProviderSelectionType.Fqn;
        HasCluster = ProviderSelectionType.HasCluster;
        SupervisorStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy");
        SchedulerClass = Config.GetString("akka.scheduler.implementation");
        SerializeAllMessages = Config.GetBoolean("akka.actor.serialize-messages");
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout", Timeout.InfiniteTimeSpan, allowInfinite: true);
        LogLevel = Config.GetString("akka.loglevel");
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel");
        Loggers = Config.GetStringList("akka.loggers", []);
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout", TimeSpan.FromSeconds(5));
        LogConfigOnStart = Config.GetBoolean("akka.log-config-on-start");
        LogSerializerOverrideOnStart = Config.GetBoolean("akka.log-serializer-override-on-start", true);
        LogDeadLetters = Config.GetString("akka.log-dead-letters", "10") switch
        {
            "on" or "true" => int.MaxValue,
            "off" or "false" => 0,
            _ => Config.GetInt("akka.log-dead-letters", 10),
        };
        LogDeadLettersDuringShutdown = Config.GetBoolean("akka.log-dead-letters-during-shutdown");
        LogDeadLettersSuspendDuration = Config.GetTimeSpan("akka.log-dead-letters-suspend-duration", TimeSpan.FromMinutes(5));
        DebugEventStream = Config.GetBoolean("akka.actor.debug.event-stream");
        DebugUnhandledMessage = Config.GetBoolean("akka.actor.debug.unhandled");
        CoordinatedShutdownTerminateActorSystem = Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system", true);
        CoordinatedShutdownRunByActorSystemTerminate = Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate", true);
    }

    public ActorSystem System { get; }

    public Config Config { get; private set; }

    public ActorSystemSetup Setup { get; }

    public bool HasCluster { get; }

    public ProviderSelection ProviderSelectionType { get; }

    public string ProviderClass { get; }

    public string SupervisorStrategyClass { get; }

    public string SchedulerClass { get; }

    public bool SerializeAllMessages { get; }

    /// <summary>Infinite unless configured.</summary>
    public TimeSpan AskTimeout { get; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public IList<string> Loggers { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public bool LogConfigOnStart { get; }

    public bool LogSerializerOverrideOnStart { get; }

    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    public TimeSpan LogDeadLettersSuspendDuration { get; }

    public bool DebugEventStream { get; }

    public bool DebugUnhandledMessage { get; }

    public bool CoordinatedShutdownTerminateActorSystem { get; }

    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    public void InjectTopLevelFallback(Config config) => Config = Config.SafeWithFallback(config);

    public override string ToString() => Config.ToString();

    internal static Settings Create(ActorSystem system, ActorSystemSetup setup)
    {
        Config config = ConfigurationFactory.Load();
        if (setup.Get<BootstrapSetup>() is { HasValue: true, Value: { } bootstrap })
        {
            if (bootstrap.Config.HasValue)
                config = bootstrap.Config.Value;
            if (bootstrap.ActorRefProvider is { HasValue: true, Value: { } provider })
                config = ConfigurationFactory.ParseString($"akka.actor.provider = \"{provider.Identifier}\"").SafeWithFallback(config);
        }

        return new Settings(system, config, setup);
    }

    internal SupervisorStrategy GuardianStrategy()
    {
        Type type = RuntimeTypes.Find(SupervisorStrategyClass, "akka.actor.guardian-supervisor-strategy");
        return ((SupervisorStrategyConfigurator)RuntimeTypes.Construct(type)).Create();
    }
}
