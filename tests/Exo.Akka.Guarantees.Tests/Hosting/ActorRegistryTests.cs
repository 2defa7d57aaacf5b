using Akka.Actor;
using Akka.Guarantees.Kit;
using Akka.Hosting;
using Akka.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Akka.Guarantees.Hosting;

public sealed class ActorRegistryTests : ActorTest
{
    [Fact]
    public async Task A_required_actor_is_the_registered_one_and_throws_before()
    {
        using IHost host = Hosts.Build(builder => builder
            .WithActors((system, registry) => registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo()), "echo"))));
        Assert.Throws<MissingActorRegistryEntryException>(() => new RequiredActor<Echo>(host.Services.GetRequiredService<IReadOnlyActorRegistry>()).ActorRef);
        IRequiredActor<Echo> required = host.Services.GetRequiredService<IRequiredActor<Echo>>();

        await host.StartAsync();

        Assert.Equal("echo", required.ActorRef.Path.Name);
        Assert.Equal("hi", await required.ActorRef.Ask<string>("hi", TimeSpan.FromSeconds(5)));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_wait_for_a_registration_ends_with_it()
    {
        ActorRegistry registry = ActorRegistry.For(System);
        Task<IActorRef> waiting = registry.GetAsync<Echo>();
        IActorRef echo = System.ActorOf(Props.Create(() => new Echo()));

        registry.Register<Echo>(echo);

        Assert.Equal(echo, await waiting);
    }

    [Fact]
    public void A_key_is_registered_once_unless_it_is_overwritten()
    {
        ActorRegistry registry = ActorRegistry.For(System);
        IActorRef first = System.ActorOf(Props.Create(() => new Echo()));
        IActorRef second = System.ActorOf(Props.Create(() => new Echo()));
        registry.Register<Echo>(first);

        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<Echo>(second));
        Assert.False(registry.TryRegister<Echo>(second));
        Assert.Equal(first, registry.Get<Echo>());
        registry.Register<Echo>(second, overwrite: true);
        Assert.Equal(second, registry.Get<Echo>());
        Assert.True(registry.TryRegister<Echo>(first, overwrite: true));
        Assert.Equal(first, registry.Get<Echo>());
    }

    [Fact]
    public void A_key_that_nobody_registered_is_missing()
    {
        ActorRegistry registry = ActorRegistry.For(System);

        Assert.Throws<MissingActorRegistryEntryException>(() => registry.Get<Echo>());
        Assert.False(registry.TryGet<Echo>(out _));
    }

    [Fact]
    public void A_registered_actor_is_found()
    {
        ActorRegistry registry = ActorRegistry.For(System);
        IActorRef echo = System.ActorOf(Props.Create(() => new Echo()));

        registry.Register<Echo>(echo);

        Assert.True(registry.TryGet<Echo>(out IActorRef found));
        Assert.Equal(echo, found);
        Assert.Equal([new KeyValuePair<Type, IActorRef>(typeof(Echo), echo)], registry);
        Assert.Same(registry, ActorRegistry.For(System));
    }

    [Fact]
    public async Task A_wait_for_a_registration_can_be_cancelled()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ActorRegistry.For(System).GetAsync<Echo>(limit.Token));
    }

    [Fact]
    public async Task A_required_actor_can_be_waited_for()
    {
        using IHost host = Hosts.Build(builder => builder
            .WithActors((system, registry) => registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo()), "echo"))));
        IRequiredActor<Echo> required = host.Services.GetRequiredService<IRequiredActor<Echo>>();
        Task<IActorRef> waiting = required.GetAsync();

        await host.StartAsync();

        Assert.Equal("echo", (await waiting.WaitAsync(Hosts.Within)).Path.Name);
        await host.StopAsync();
    }
}
