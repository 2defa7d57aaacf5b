using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Akka.Guarantees.Hosting;

public sealed class LoggingTests
{
    [Fact]
    public async Task Log_events_go_to_the_hosts_logging_in_the_category_of_their_class()
    {
        RecordingLoggers recorded = new();
        using IHost host = Hosts.Build(
            builder => builder.ConfigureLoggers(loggers =>
            {
                loggers.LogLevel = Akka.Event.LogLevel.DebugLevel;
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            }),
            services => services.AddLogging(logging => logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Debug).AddProvider(recorded)));
        await host.StartAsync();
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Akka.Event.Logging.GetLogger(system, typeof(LoggingTests)).Warning("{0} of {1}", 1, 2);

        await Exo.Testing.Eventually.True(
            () => recorded.Contains("1 of 2"),
            TimeSpan.FromSeconds(10),
            "the warning is logged",
            () => recorded.ToString());
        await host.StopAsync();
    }

    private sealed class RecordingLoggers : ILoggerProvider
    {
        private readonly List<string> _lines = [];

        public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

        public bool Contains(string line)
        {
            lock (_lines)
                return _lines.Exists(written => written.Contains(line, StringComparison.Ordinal));
        }

        public override string ToString()
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }

        public void Dispose()
        {
        }

        private sealed class Recorder(RecordingLoggers owner, string category) : ILogger
        {
            public IDisposable BeginScope<TState>(TState state) => null;

            public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

            public void Log<TState>(
                Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception exception, Func<TState, Exception, string> formatter)
            {
                lock (owner._lines)
                    owner._lines.Add($"{category} {logLevel} {formatter(state, exception)}");
            }
        }
    }
}
