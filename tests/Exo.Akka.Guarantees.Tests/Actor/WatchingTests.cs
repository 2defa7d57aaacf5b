using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class WatchingTests : ActorTest
{
    [Fact]
    public async Task Watching_twice_gives_one_Terminated()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Empty);
        await probe.Do(context =>
        {
            context.Watch(actor);
            context.Watch(actor);
        });

        System.Stop(actor);

        Assert.Equal(actor, (await probe.Expect<Terminated>()).ActorRef);
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task WatchWith_after_Watch_is_ignored()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Empty);
        await probe.Do(context =>
        {
            context.Watch(actor);
            context.WatchWith(actor, "gone");
        });

        System.Stop(actor);

        await probe.Expect<Terminated>();
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Watch_after_WatchWith_is_ignored()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Empty);
        await probe.Do(context =>
        {
            context.WatchWith(actor, "gone");
            context.Watch(actor);
        });

        System.Stop(actor);

        await probe.Expect("gone");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task After_Unwatch_another_registration_counts()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Empty);
        await probe.Do(context =>
        {
            context.Watch(actor);
            context.Unwatch(actor);
            context.WatchWith(actor, "gone");
        });

        System.Stop(actor);

        await probe.Expect("gone");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task After_Unwatch_no_Terminated_comes()
    {
        Probe probe = NewProbe();
        Probe other = NewProbe();
        IActorRef actor = System.ActorOf(Props.Empty);
        await other.Do(context => context.Watch(actor));
        await probe.Do(context =>
        {
            context.Watch(actor);
            context.Unwatch(actor);
        });

        System.Stop(actor);
        await other.Expect<Terminated>();

        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task A_child_may_be_watched_by_its_parent_and_by_others()
    {
        Probe parent = NewProbe();
        Probe other = NewProbe();
        IActorRef child = null;
        await parent.Do(context => child = context.Watch(context.ActorOf(Props.Empty)));
        await other.Do(context => context.Watch(child));

        await parent.Do(context => context.Stop(child));

        Assert.Equal(child, (await parent.Expect<Terminated>()).ActorRef);
        Assert.Equal(child, (await other.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Watching_again_in_PreStart_is_harmless()
    {
        Probe log = NewProbe();
        IActorRef watched = System.ActorOf(Props.Empty);
        IActorRef watcher = System.ActorOf(Props.Create(() => new WatchesInPreStart(watched, log.Ref)));
        watcher.Tell("fail");
        watcher.Tell("ready");
        await log.Expect("ready");

        System.Stop(watched);

        await log.Expect("terminated");
        watcher.Tell("after");
        await log.Expect("after");
    }

    [Fact]
    public async Task Whoever_watches_itself_hears_nothing_and_stops_as_ever()
    {
        Probe probe = NewProbe();
        Probe other = NewProbe();
        await probe.Do(context => context.Watch(context.Self));
        await other.Do(context => context.Watch(probe.Ref));

        System.Stop(probe.Ref);

        Assert.Equal(probe.Ref, (await other.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task An_unhandled_Terminated_is_a_DeathPactException_that_names_the_dead()
    {
        Probe seen = NewProbe();
        IActorRef watched = System.ActorOf(Props.Empty);
        Func<Exception, Directive> decide = failure =>
        {
            seen.Ref.Tell(failure);
            return Directive.Stop;
        };
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(decide)));
        IActorRef careless = await parent.Ask<IActorRef>(Props.Create(() => new Careless(watched)), Soon);
        Assert.Equal("ready", await careless.Ask<string>("ready", Soon));

        System.Stop(watched);

        Assert.Equal(watched, (await seen.Expect<DeathPactException>()).DeadActor);
    }

    [Fact]
    public async Task WatchAsync_is_true_when_the_actor_has_stopped_and_at_once_when_it_had_before()
    {
        IActorRef actor = System.ActorOf(Props.Empty);
        Task<bool> watched = actor.WatchAsync();
        Assert.False(watched.IsCompleted);

        System.Stop(actor);

        Assert.True(await watched.WaitAsync(Soon));
        Assert.True(await actor.WatchAsync().WaitAsync(Soon));
    }

    [Fact]
    public async Task A_cancelled_WatchAsync_is_false_and_does_not_throw()
    {
        IActorRef actor = System.ActorOf(Props.Empty);
        using CancellationTokenSource source = new();
        Task<bool> watched = actor.WatchAsync(source.Token);

        await source.CancelAsync();

        Assert.False(await watched.WaitAsync(Soon));
    }

    private sealed class WatchesInPreStart(IActorRef watched, IActorRef log) : UntypedActor
    {
        protected override void PreStart() => Context.Watch(watched);

        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("fail");
            log.Tell(message is Terminated ? "terminated" : message);
        }
    }

    private sealed class Parent : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));
    }

    private sealed class Careless : ReceiveActor
    {
        public Careless(IActorRef watched)
        {
            Context.Watch(watched);
            Receive<string>(text => Sender.Tell(text));
        }
    }
}
