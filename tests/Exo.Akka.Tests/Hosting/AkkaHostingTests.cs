using Akka.Actor;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Event;
using Akka.Hosting;
using Akka.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Akka.Tests.Hosting;

public sealed class AkkaHostingTests
{
    [Fact]
    public async Task Actors_and_startup_tasks_run_in_order_of_registration_when_the_host_starts()
    {
        List<string> order = [];
        using IHost host = Build(builder => builder
            .WithActors((system, registry) => order.Add("actors"))
            .AddStartup((system, registry) =>
            {
                order.Add("startup");
                return Task.CompletedTask;
            })
            .WithActors((system, registry, resolver) => order.Add("more actors")));

        await host.StartAsync();

        Assert.Equal(["actors", "startup", "more actors"], order);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_required_actor_is_the_registered_one_and_throws_before()
    {
        using IHost host = Build(builder => builder
            .WithActors((system, registry) => registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo()), "echo"))));
        IRequiredActor<Echo> required = host.Services.GetRequiredService<IRequiredActor<Echo>>();
        Assert.Throws<MissingActorRegistryEntryException>(() => required.ActorRef);

        await host.StartAsync();

        Assert.Equal("echo", required.ActorRef.Path.Name);
        Assert.Equal("hi", await required.ActorRef.Ask<string>("hi", TimeSpan.FromSeconds(5)));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_wait_for_a_registration_ends_with_it()
    {
        using ActorSystem system = ActorSystem.Create("test");
        ActorRegistry registry = ActorRegistry.For(system);
        Task<IActorRef> waiting = registry.GetAsync<Echo>();
        IActorRef echo = system.ActorOf(Props.Create(() => new Echo()));

        registry.Register<Echo>(echo);

        Assert.Equal(echo, await waiting);
        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<Echo>(echo));
        Assert.True(registry.TryRegister<Echo>(echo, overwrite: true));
    }

    [Fact]
    public async Task Prepended_hocon_overrides_and_appended_hocon_is_a_fallback()
    {
        using IHost host = Build(builder => builder
            .AddHocon(ConfigurationFactory.ParseString("exo.a = first\nexo.b = first"), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString("exo.a = over"), HoconAddMode.Prepend)
            .AddHocon(ConfigurationFactory.ParseString("exo.b = under\nexo.c = under"), HoconAddMode.Append));

        Config config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;

        Assert.Equal("over", config.GetString("exo.a"));
        Assert.Equal("first", config.GetString("exo.b"));
        Assert.Equal("under", config.GetString("exo.c"));
        await host.StopAsync();
    }

    [Fact]
    public void The_hosts_configuration_reads_as_hocon()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string>
        {
            ["Akka:Remote:Port"] = "4053",
            ["akka:cluster:roles:0"] = "a",
            ["akka:cluster:roles:1"] = "b",
        }).Build();
        AkkaConfigurationBuilder builder = new(new ServiceCollection(), "test");

        builder.AddHocon(configuration, HoconAddMode.Prepend);

        Assert.Equal(4053, builder.Configuration.Value.GetInt("akka.remote.port"));
        Assert.Equal(["a", "b"], builder.Configuration.Value.GetStringList("akka.cluster.roles"));
    }

    [Fact]
    public async Task The_host_stops_when_the_system_ends_by_itself()
    {
        using IHost host = Build(_ => { });
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
        using IHost host = Build(_ => { });
        await host.StartAsync();
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        await host.StopAsync();

        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, CoordinatedShutdown.Get(system).ShutdownReason);
        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_failing_startup_task_fails_the_start_of_the_host()
    {
        using IHost host = Build(builder => builder.AddStartup((_, _) => throw new InvalidOperationException("no model")));

        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Equal("no model", thrown.Message);
    }

    [Fact]
    public async Task Props_of_the_resolver_take_the_rest_of_the_constructor_from_the_container()
    {
        using IHost host = Build(builder => { }, services => services.AddSingleton(new Greeting("hello ")));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        IActorRef greeter = system.ActorOf(DependencyResolver.For(system).Props<Greeter>("!"));

        Assert.Equal("hello you!", await greeter.Ask<string>("you", TimeSpan.FromSeconds(5)));
        await host.StopAsync();
    }

    [Fact]
    public async Task Log_events_go_to_the_hosts_logging_in_the_category_of_their_class()
    {
        RecordingLoggers recorded = new();
        using IHost host = Build(
            builder => builder.ConfigureLoggers(loggers =>
            {
                loggers.LogLevel = Akka.Event.LogLevel.DebugLevel;
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            }),
            services => services.AddLogging(logging => logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Debug).AddProvider(recorded)));
        await host.StartAsync();
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Akka.Event.Logging.GetLogger(system, typeof(Greeting)).Warning("{0} of {1}", 1, 2);

        await Exo.Testing.Eventually.True(
            () => recorded.Contains($"{typeof(Greeting).FullName} Warning [{typeof(Greeting).FullName}] 1 of 2"),
            TimeSpan.FromSeconds(10),
            "the warning is logged",
            () => recorded.ToString());
        await host.StopAsync();
    }

    [Fact]
    public async Task A_custom_serializer_is_bound_to_its_types()
    {
        using IHost host = Build(builder => builder.WithCustomSerializer("greeting", [typeof(Greeting)], system => new GreetingSerializer(system)));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Serializer serializer = system.Serialization.FindSerializerForType(typeof(Greeting));

        Assert.IsType<GreetingSerializer>(serializer);
        Assert.Equal(new Greeting("hi"), system.Serialization.Deserialize(serializer.ToBinary(new Greeting("hi")), 555, "G1"));
        await host.StopAsync();
    }

    private static IHost Build(Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection> services = null)
        => new HostBuilder().ConfigureServices(collection =>
        {
            services?.Invoke(collection);
            collection.AddAkka("test", builder =>
            {
                builder.ConfigureLoggers(loggers => loggers.ClearLoggers());
                configure(builder);
            });
        }).Build();

    private sealed record Greeting(string Text);

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Greeter(string end, Greeting greeting) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(greeting.Text + message + end);
    }

    private sealed class GreetingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 555;

        public override string Manifest(object o) => "G1";

        public override byte[] ToBinary(object obj) => System.Text.Encoding.UTF8.GetBytes(((Greeting)obj).Text);

        public override object FromBinary(byte[] bytes, string manifest) => new Greeting(System.Text.Encoding.UTF8.GetString(bytes));
    }

    private sealed class RecordingLoggers : ILoggerProvider
    {
        private readonly List<string> _lines = [];

        public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

        public bool Contains(string line)
        {
            lock (_lines)
                return _lines.Contains(line);
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
