namespace Akka.Event;

/// <summary>Logs to the event stream; the loggers subscribe there.</summary>
public sealed class BusLogging : LoggingAdapterBase
{
    public BusLogging(LoggingBus bus, string logSource, Type logClass, ILogMessageFormatter logMessageFormatter)
        : base(logMessageFormatter)
    {
        Bus = bus;
        LogSource = logSource;
        LogClass = logClass;
    }

    public LoggingBus Bus { get; }

    public Type LogClass { get; }

    public string LogSource { get; }

    public override bool IsDebugEnabled => LogLevel.DebugLevel >= Bus.LogLevel;

    public override bool IsInfoEnabled => LogLevel.InfoLevel >= Bus.LogLevel;

    public override bool IsWarningEnabled => LogLevel.WarningLevel >= Bus.LogLevel;

    public override bool IsErrorEnabled => LogLevel.ErrorLevel >= Bus.LogLevel;

    protected override void NotifyLog(LogLevel logLevel, object message, Exception cause = null)
    {
        Bus.Publish(logLevel switch
        {
            LogLevel.DebugLevel => new Debug(cause, LogSource, LogClass, message),
            LogLevel.InfoLevel => new Info(cause, LogSource, LogClass, message),
            LogLevel.WarningLevel => new Warning(cause, LogSource, LogClass, message),
            _ => (LogEvent)new Error(cause, LogSource, LogClass, message),
        });
    }
}
