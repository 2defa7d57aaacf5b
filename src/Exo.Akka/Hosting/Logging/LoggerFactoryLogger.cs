using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLevel = Akka.Event.LogLevel;
using HostLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Akka.Hosting.Logging;

/// <summary>Passes log events on to Microsoft.Extensions.Logging, in the category of the logging class.</summary>
public class LoggerFactoryLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly Dictionary<Type, ILogger> _loggers = [];
    private readonly ILoggerFactory _factory;

    public LoggerFactoryLogger()
    {
        _factory = Context.System.Settings.Setup.Get<LoggerFactorySetup>() is { HasValue: true, Value.LoggerFactory: { } factory }
            ? factory
            : throw new ConfigurationException("LoggerFactoryLogger needs a logger factory: use AddLoggerFactory in ConfigureLoggers");
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized(), Self);
                return true;
            case LogEvent logEvent:
                Log(logEvent, Self.Path);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Log(LogEvent log, ActorPath path)
    {
        Type category = log.LogClass ?? typeof(ActorSystem);
        if (!_loggers.TryGetValue(category, out ILogger logger))
            _loggers.Add(category, logger = _factory.CreateLogger(category.FullName));
        HostLevel level = log.LogLevel() switch
        {
            AkkaLevel.DebugLevel => HostLevel.Debug,
            AkkaLevel.InfoLevel => HostLevel.Information,
            AkkaLevel.WarningLevel => HostLevel.Warning,
            _ => HostLevel.Error,
        };
        logger.Log(level, log.Cause, "[{LogSource}] {Message}", log.LogSource, log.Message);
    }
}
