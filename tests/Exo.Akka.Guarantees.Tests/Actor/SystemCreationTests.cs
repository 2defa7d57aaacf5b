using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class SystemCreationTests : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);
    private static readonly Config s_quiet = ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []\nkey = quiet");
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public void A_name_alone_makes_a_local_system()
    {
        ActorSystem system = Keep(ActorSystem.Create("name-1"));

        Assert.Equal("name-1", system.Name);
        Assert.IsAssignableFrom<ExtendedActorSystem>(system);
        Assert.Equal(new Address("akka", "name-1"), ((ExtendedActorSystem)system).Provider.DefaultAddress);
    }

    [Fact]
    public void The_given_configuration_lies_over_the_librarys_own()
    {
        ActorSystem system = Keep(ActorSystem.Create("configured", s_quiet));

        Assert.Equal("quiet", system.Settings.Config.GetString("key"));
        Assert.Equal(30, system.Settings.Config.GetInt("akka.actor.default-dispatcher.throughput"));
        Assert.Equal(10, system.Settings.LogDeadLetters);
    }

    [Fact]
    public void A_bootstrap_setup_carries_the_configuration_and_its_With_returns_copies()
    {
        BootstrapSetup empty = BootstrapSetup.Create();
        BootstrapSetup full = empty.WithConfig(s_quiet);

        Assert.False(empty.Config.HasValue);
        Assert.Equal("quiet", Keep(ActorSystem.Create("bootstrapped", full)).Settings.Config.GetString("key"));
    }

    [Fact]
    public void The_fallback_of_a_bootstrap_setup_lies_below_its_configuration()
    {
        BootstrapSetup setup = BootstrapSetup.Create().WithConfig(s_quiet).WithConfigFallback(ConfigurationFactory.ParseString("key = loud\nother = 1"));

        Config config = Keep(ActorSystem.Create("fallback", setup)).Settings.Config;

        Assert.Equal("quiet", config.GetString("key"));
        Assert.Equal(1, config.GetInt("other"));
    }

    [Fact]
    public void A_bootstrap_setup_names_the_provider_and_wins_over_the_configuration()
    {
        Config remote = ConfigurationFactory.ParseString("akka.actor.provider = remote").WithFallback(s_quiet);
        ActorSystem system = Keep(ActorSystem.Create("local", BootstrapSetup.Create().WithConfig(remote).WithActorRefProvider(ProviderSelection.Local.Instance)));

        Assert.True(((ExtendedActorSystem)system).Provider.DefaultAddress.HasLocalScope);
    }

    [Fact]
    public void A_remote_and_a_cluster_system_have_an_address_of_host_and_port()
    {
        Config free = ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp { hostname = \"127.0.0.1\"\n port = 0 }").WithFallback(s_quiet);

        foreach (ProviderSelection selection in (ProviderSelection[])[ProviderSelection.Remote.Instance, ProviderSelection.Cluster.Instance])
        {
            ActorSystem system = Keep(ActorSystem.Create("far", BootstrapSetup.Create().WithConfig(free).WithActorRefProvider(selection)));
            Address address = ((ExtendedActorSystem)system).Provider.DefaultAddress;

            Assert.Equal(("akka.tcp", "far", "127.0.0.1"), (address.Protocol, address.System, address.Host));
            Assert.True(address.Port > 0);
        }
    }

    [Fact]
    public void Setups_are_joined_with_And_and_found_by_their_type()
    {
        ActorSystemSetup setup = BootstrapSetup.Create().WithConfig(s_quiet).And(new Mine("first")).And(new Mine("second"));

        ActorSystem system = Keep(ActorSystem.Create("setups", setup));

        Assert.Equal("quiet", system.Settings.Config.GetString("key"));
        Assert.Equal("second", setup.Get<Mine>().Value.Text);
        Assert.Equal("second", system.Settings.Setup.Get<Mine>().Value.Text);
        Assert.False(setup.Get<Other>().HasValue);
    }

    [Fact]
    public void A_system_knows_since_when_it_runs()
    {
        ActorSystem system = Keep(ActorSystem.Create("clock", s_quiet));

        TimeSpan first = system.Uptime;

        Assert.True(first >= TimeSpan.Zero);
        Assert.True(system.StartTime > TimeSpan.Zero);
        Assert.True(system.Uptime >= first);
    }

    [Fact]
    public async Task Terminate_may_be_called_again_and_both_calls_end()
    {
        ActorSystem system = Keep(ActorSystem.Create("twice", s_quiet));

        Task first = system.Terminate();
        await system.Terminate().WaitAsync(s_soon);
        await first.WaitAsync(s_soon);
        await system.Terminate().WaitAsync(s_soon);

        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public void Dispose_ends_when_the_system_has_terminated()
    {
        ActorSystem system = ActorSystem.Create("disposed", s_quiet);

        system.Dispose();

        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_system_has_all_its_parts()
    {
        ActorSystem system = Keep(ActorSystem.Create("parts", s_quiet));

        Assert.All(
            new object[] { system.Settings, system.Serialization, system.EventStream, system.DeadLetters, system.IgnoreRef, system.Dispatchers, system.Mailboxes, system.Scheduler, system.Log },
            Assert.NotNull);
        Assert.False(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_termination_callback_of_a_system_that_has_ended_is_refused()
    {
        ActorSystem system = Keep(ActorSystem.Create("ended", s_quiet));
        await system.Terminate().WaitAsync(s_soon);

        Assert.Throws<InvalidOperationException>(() => system.RegisterOnTermination(() => { }));
    }

    [Fact]
    public async Task Abort_ends_the_system_too()
    {
        ActorSystem system = Keep(ActorSystem.Create("aborted", s_quiet));

        ((ExtendedActorSystem)system).Abort();

        await system.WhenTerminated.WaitAsync(s_soon);
        Assert.Throws<InvalidOperationException>(() => system.ActorOf(Props.Empty));
    }

    [Fact]
    public void A_class_of_the_library_may_be_named_with_its_assembly()
    {
        Config config = ConfigurationFactory.ParseString("akka.actor.guardian-supervisor-strategy = \"Akka.Actor.StoppingSupervisorStrategy, Akka\"").WithFallback(s_quiet);

        Assert.Equal("named", Keep(ActorSystem.Create("named", config)).Name);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Task.WhenAll(_systems.Select(system => system.Terminate()));

    private ActorSystem Keep(ActorSystem system)
    {
        _systems.Add(system);
        return system;
    }

    private sealed class Mine(string text) : Setup
    {
        public string Text { get; } = text;
    }

    private sealed class Other : Setup;
}
