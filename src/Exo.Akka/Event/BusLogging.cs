namespace Akka.Event;

/// <summary>Logs to the event stream; the loggers subscribe there.</summary>
public sealed class BusLogging : ILoggingAdapter
{
    public BusLogging(LoggingBus bus, string logSource, Type logClass, ILogMessageFormatter logMessageFormatter)
    {
        Bus = bus;
        LogSource = logSource;
        LogClass = logClass;
        Formatter = logMessageFormatter;
    }

    public LoggingBus Bus { get; }

    public Type LogClass { get; }

    public string LogSource { get; }

    public ILogMessageFormatter Formatter { get; }

    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);

    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);

    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);

    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Bus.LogLevel;

    public void Log(LogLevel logLevel, Exception cause, string format) => Notify(logLevel, cause, format);

    public void Log(LogLevel logLevel, Exception cause, LogMessage message) => Notify(logLevel, cause, message);

    private void Notify(LogLevel level, Exception cause, object message)
    {
        if (!IsEnabled(level))
            return;
        Bus.Publish(level switch
        {
            LogLevel.DebugLevel => new Debug(cause, LogSource, LogClass, message),
            LogLevel.InfoLevel => new Info(cause, LogSource, LogClass, message),
            LogLevel.WarningLevel => new Warning(cause, LogSource, LogClass, message),
            _ => (LogEvent)new Error(cause, LogSource, LogClass, message),
        });
    }
}
