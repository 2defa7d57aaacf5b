using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Hosting;
using Akka.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Akka.Guarantees.Hosting;

public sealed class AkkaHostingTests
{
    [Fact]
    public async Task Actors_start_before_the_startup_tasks_each_in_order_of_registration_when_the_host_starts()
    {
        List<string> order = [];
        using IHost host = Hosts.Build(builder => builder
            .WithActors((system, registry) => order.Add("actors"))
            .AddStartup((system, registry) =>
            {
                order.Add("startup");
                return Task.CompletedTask;
            })
            .WithActors((system, registry, resolver) => order.Add("more actors")));

        await host.StartAsync();

        Assert.Equal(["actors", "more actors", "startup"], order);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_host_stops_when_the_system_ends_by_itself()
    {
        using IHost host = Hosts.Build(_ => { });
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await host.StartAsync();

        await host.Services.GetRequiredService<ActorSystem>().Terminate();

        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(stopping.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stopping_the_host_runs_the_coordinated_shutdown()
    {
        using IHost host = Hosts.Build(_ => { });
        await host.StartAsync();
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        await host.StopAsync();

        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, CoordinatedShutdown.Get(system).ShutdownReason);
        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_failing_startup_task_fails_the_start_of_the_host()
    {
        using IHost host = Hosts.Build(builder => builder.AddStartup((_, _) => throw new InvalidOperationException("no model")));

        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Equal("no model", thrown.Message);
    }

    [Fact]
    public async Task A_custom_serializer_is_bound_to_its_types()
    {
        using IHost host = Hosts.Build(builder => builder.WithCustomSerializer("greeting", [typeof(Greeting)], system => new GreetingSerializer(system)));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Serializer serializer = system.Serialization.FindSerializerForType(typeof(Greeting));

        Assert.IsType<GreetingSerializer>(serializer);
        Assert.Equal(new Greeting("hi"), system.Serialization.Deserialize(serializer.ToBinary(new Greeting("hi")), 555, "G1"));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_system_and_the_registry_are_singletons_of_the_container()
    {
        using IHost host = Hosts.Build(_ => { });
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        ActorRegistry registry = host.Services.GetRequiredService<ActorRegistry>();

        Assert.Equal("test", system.Name);
        Assert.Same(system, host.Services.GetRequiredService<ActorSystem>());
        Assert.Same(registry, ActorRegistry.For(system));
        Assert.Same(registry, host.Services.GetRequiredService<IActorRegistry>());
        Assert.Same(registry, host.Services.GetRequiredService<IReadOnlyActorRegistry>());
        Assert.Same(host.Services.GetRequiredService<IRequiredActor<Greeting>>(), host.Services.GetRequiredService<IRequiredActor<Greeting>>());
        await system.Terminate();
    }

    [Fact]
    public async Task The_system_is_made_when_it_is_first_resolved_and_its_actors_when_the_host_starts()
    {
        int built = 0;
        int started = 0;
        using IHost host = new HostBuilder().ConfigureServices(services => services.AddAkka("test", (builder, provider) =>
        {
            Assert.NotNull(provider);
            built++;
            builder.ConfigureLoggers(loggers => loggers.ClearLoggers()).WithActors((_, _) => started++);
        })).Build();
        Assert.Equal(0, built);

        Assert.NotNull(host.Services.GetRequiredService<ActorSystem>());
        Assert.Equal((1, 0), (built, started));
        await host.StartAsync();

        Assert.Equal((1, 1), (built, started));
        await host.StopAsync();
    }

    [Fact]
    public async Task Every_form_of_a_starter_is_run()
    {
        List<string> order = [];
        using IHost host = Hosts.Build(builder => builder
            .AddStartup((system, _) => order.Add(system.Name))
            .WithActors(new ActorStarter((system, _) =>
            {
                order.Add("starter");
                return Task.CompletedTask;
            }))
            .WithActors(new ActorStarterWithResolver((_, _, resolver) =>
            {
                order.Add(resolver.GetService<ActorSystem>().Name);
                return Task.CompletedTask;
            })));

        await host.StartAsync();

        Assert.Equal(["starter", "test", "test"], order);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_service_of_an_own_class_can_stand_in_for_the_hosted_one()
    {
        using IHost host = new HostBuilder().ConfigureServices(services =>
            services.AddAkka<OwnService>("own", (builder, _) => builder.ConfigureLoggers(loggers => loggers.ClearLoggers()))).Build();

        await host.StartAsync();

        Assert.Single(host.Services.GetServices<IHostedService>().OfType<OwnService>());
        await host.StopAsync();
    }

    [Fact]
    public async Task Setups_extensions_the_provider_and_the_ask_timeout_reach_the_system()
    {
        using IHost host = Hosts.Build(builder => builder
            .AddSetup(new Note("from a setup"))
            .WithExtension<CounterProvider>()
            .WithExtensions(typeof(CounterProvider))
            .WithActorRefProvider(ProviderSelection.Local.Instance)
            .WithActorAskTimeout(TimeSpan.FromMilliseconds(100)));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Assert.Equal("from a setup", system.Settings.Setup.Get<Note>().Value.Text);
        Assert.True(system.HasExtension<Counter>());
        IActorRef silent = system.ActorOf(Props.Create(() => new Silent()));
        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<string>("anyone?"));
        await system.Terminate();
    }

    private sealed class OwnService(AkkaConfigurationBuilder builder, IServiceProvider provider, ILogger<AkkaHostedService> logger, IHostApplicationLifetime lifetime)
        : AkkaHostedService(builder, provider, logger, lifetime);

    private sealed class Note(string text) : Setup
    {
        public string Text => text;
    }

    private sealed class Counter : IExtension;

    private sealed class CounterProvider : ExtensionIdProvider<Counter>
    {
        public override Counter CreateExtension(ExtendedActorSystem system) => new();
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed record Greeting(string Text);

    private sealed class GreetingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 555;

        public override string Manifest(object o) => "G1";

        public override byte[] ToBinary(object obj) => System.Text.Encoding.UTF8.GetBytes(((Greeting)obj).Text);

        public override object FromBinary(byte[] bytes, string manifest) => new Greeting(System.Text.Encoding.UTF8.GetString(bytes));
    }
}
