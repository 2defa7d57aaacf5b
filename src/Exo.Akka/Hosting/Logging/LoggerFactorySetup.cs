using Akka.Actor.Setup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting.Logging;

/// <summary>Where the events of a system are logged to in a host; without a factory, to the host's own.</summary>
public class LoggerFactorySetup : Setup
{
    public LoggerFactorySetup(ILoggerFactory loggerFactory)
    {
        LoggerFactory = loggerFactory;
    }

    public ILoggerFactory LoggerFactory { get; }

    internal static ActorSystemSetup Complete(ActorSystemSetup setup, IServiceProvider services)
        => setup.Get<LoggerFactorySetup>() is { HasValue: true, Value.LoggerFactory: null }
            ? setup.And(new LoggerFactorySetup(services.GetRequiredService<ILoggerFactory>()))
            : setup;
}
