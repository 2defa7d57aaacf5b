using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Akka.Guarantees.Hosting;

/// <summary>Hosts with an actor system that logs nothing.</summary>
internal static class Hosts
{
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    public static IHost Build(Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection> services = null)
        => new HostBuilder().ConfigureServices(collection =>
        {
            services?.Invoke(collection);
            collection.AddAkka("test", builder =>
            {
                builder.ConfigureLoggers(loggers => loggers.ClearLoggers());
                configure(builder);
            });
        }).Build();
}
