using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using ServiceProvider = Microsoft.Extensions.DependencyInjection.ServiceProvider;

namespace Akka.Guarantees.Hosting;

public sealed class DependencyResolverTests
{
    [Fact]
    public async Task Props_of_the_resolver_take_the_rest_of_the_constructor_from_the_container()
    {
        using IHost host = Hosts.Build(builder => { }, services => services.AddSingleton(new Greeting("hello ")));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        IActorRef greeter = system.ActorOf(DependencyResolver.For(system).Props<Greeter>("!"));

        Assert.Equal("hello you!", await greeter.Ask<string>("you", TimeSpan.FromSeconds(5)));
        await host.StopAsync();
    }

    [Fact]
    public async Task Without_arguments_the_whole_constructor_comes_from_the_container()
    {
        await using ServiceProvider services = new ServiceCollection().AddSingleton(new Greeting("hello ")).BuildServiceProvider();
        using ActorSystem system = Start(services);

        (Type polite, Type greeter) = (typeof(Polite), typeof(Greeter));
        foreach (Props props in new[] { DependencyResolver.For(system).Props<Polite>(), DependencyResolver.For(system).Props(polite) })
            Assert.Equal("hello you", await system.ActorOf(props).Ask<string>("you", Hosts.Within));
        Assert.Equal("hello you!", await system.ActorOf(DependencyResolver.For(system).Props(greeter, "!")).Ask<string>("you", Hosts.Within));
    }

    [Fact]
    public async Task Every_incarnation_is_resolved_anew()
    {
        int made = 0;
        await using ServiceProvider services = new ServiceCollection().AddTransient(_ => new Greeting($"{++made} ")).BuildServiceProvider();
        using ActorSystem system = Start(services);
        IActorRef polite = system.ActorOf(DependencyResolver.For(system).Props<Polite>());
        Assert.Equal("1 you", await polite.Ask<string>("you", Hosts.Within));

        polite.Tell(new InvalidOperationException("restart"), ActorRefs.NoSender);

        Assert.Equal("2 you", await polite.Ask<string>("you", Hosts.Within));
    }

    [Fact]
    public async Task The_resolver_gives_services_and_scopes()
    {
        await using ServiceProvider services = new ServiceCollection().AddScoped<object>().AddSingleton(new Greeting("hello ")).BuildServiceProvider();
        using ActorSystem system = Start(services);
        IDependencyResolver resolver = DependencyResolver.For(system).Resolver;

        Assert.Equal(new Greeting("hello "), resolver.GetService<Greeting>());
        Type greeting = typeof(Greeting);
        Assert.Equal(new Greeting("hello "), resolver.GetService(greeting));
        using IResolverScope one = resolver.CreateScope();
        using IResolverScope other = resolver.CreateScope();
        Assert.Same(one.Resolver.GetService<object>(), one.Resolver.GetService<object>());
        Assert.NotSame(one.Resolver.GetService<object>(), other.Resolver.GetService<object>());
    }

    private static ActorSystem Start(IServiceProvider services) => ActorSystem.Create(
        "resolved",
        ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []")), DependencyResolverSetup.Create(services)));

    private sealed record Greeting(string Text);

    private sealed class Greeter(string end, Greeting greeting) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(greeting.Text + message + end);
    }

    private sealed class Polite(Greeting greeting) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Exception failure)
                throw failure;
            Sender.Tell(greeting.Text + message);
        }
    }
}
