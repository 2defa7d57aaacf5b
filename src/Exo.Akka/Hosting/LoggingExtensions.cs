using Akka.Configuration;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

public static class LoggingExtensions
{
    public static AkkaConfigurationBuilder ConfigureLoggers(this AkkaConfigurationBuilder builder, Action<LoggerConfigBuilder> configurator)
    {
        LoggerConfigBuilder loggers = new(builder);
        configurator(loggers);
        string names = string.Join(", ", loggers.Loggers.Select(type => $"\"{type.FullName}, {type.Assembly.GetName().Name}\""));
        string hocon = $"""
            akka.loglevel = {Akka.Event.Logging.StringFor(loggers.LogLevel)}
            akka.log-config-on-start = {(loggers.LogConfigOnStart ? "on" : "off")}
            akka.loggers = [{names}]
            """;
        return builder.AddHocon(ConfigurationFactory.ParseString(hocon), HoconAddMode.Prepend);
    }

    public static LoggerConfigBuilder AddDefaultLogger(this LoggerConfigBuilder configBuilder) => configBuilder.AddLogger<DefaultLogger>();

    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder)
    {
        configBuilder.Builder.Add(new LoggerFactorySetup(null));
        return configBuilder.AddLogger<LoggerFactoryLogger>();
    }

    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder, ILoggerFactory loggerFactory)
    {
        configBuilder.Builder.Add(new LoggerFactorySetup(loggerFactory));
        return configBuilder.AddLogger<LoggerFactoryLogger>();
    }
}
