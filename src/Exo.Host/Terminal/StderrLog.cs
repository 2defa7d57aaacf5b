using Microsoft.Extensions.Logging;

namespace Exo.Host.Terminal;

/// <summary>Log lines on stderr, one each: time, level, what happened. Standard output stays the command's own.</summary>
internal sealed class StderrLog : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Log();

    public void Dispose()
    {
    }

    private sealed class Log : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                string cause = exception is null ? "" : logLevel >= LogLevel.Error ? Environment.NewLine + exception : $" ({exception.Message})";
                Console.Error.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)}{cause}");
            }
        }
    }
}
