using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class DeathWatchTests : ActorTest
{
    [Fact]
    public async Task Terminated_comes_after_the_watchees_last_messages_and_once()
    {
        Probe probe = NewProbe();
        IActorRef talker = System.ActorOf(Props.Create(() => new Talker(probe.Ref)));
        await probe.Do(context => context.Watch(context.Watch(talker)));

        talker.Tell(3);

        await probe.Expect(0, 1, 2);
        Terminated terminated = await probe.Expect<Terminated>();
        Assert.Equal(talker, terminated.ActorRef);
        Assert.True(terminated.ExistenceConfirmed);
        Assert.False(terminated.AddressTerminated);
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Watching_a_dead_actor_gives_Terminated_without_confirmed_existence()
    {
        Probe probe = NewProbe();
        IActorRef talker = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)));
        Assert.True(await talker.GracefulStop(Soon));

        await probe.Do(context => context.Watch(talker));

        Assert.False((await probe.Expect<Terminated>()).ExistenceConfirmed);
    }

    [Fact]
    public async Task Unwatch_discards_a_Terminated_that_is_already_queued()
    {
        Probe probe = NewProbe();
        IActorRef talker = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)));
        await probe.Do(context => context.Watch(talker));
        using ManualResetEventSlim mayGoOn = new();
        Task unwatched = probe.Do(context =>
        {
            // Terminated waits in the mailbox behind this message.
            mayGoOn.Wait();
            context.Unwatch(talker);
        });

        Assert.True(await talker.GracefulStop(Soon));
        mayGoOn.Set();
        await unwatched;

        await probe.ExpectNothingMore();
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task WatchWith_sends_the_given_message_and_the_first_registration_wins()
    {
        Probe probe = NewProbe();
        IActorRef talker = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)));
        await probe.Do(context =>
        {
            context.WatchWith(talker, "gone");
            context.WatchWith(talker, "gone twice");
        });

        talker.Tell(PoisonPill.Instance);

        await probe.Expect("gone");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task An_unhandled_Terminated_ends_the_watcher()
    {
        Probe probe = NewProbe();
        IActorRef talker = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)));
        IActorRef careless = System.ActorOf(Props.Create(() => new Careless(talker)));
        await careless.Ask<string>("ready", Soon);
        await probe.Do(context => context.Watch(careless));

        talker.Tell(PoisonPill.Instance);

        Assert.Equal(careless, (await probe.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task A_watch_survives_the_watchers_restart()
    {
        Probe probe = NewProbe();
        IActorRef talker = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)));
        IActorRef watcher = System.ActorOf(Props.Create(() => new Reporting(talker, probe.Ref)));
        watcher.Tell("watch");
        watcher.Tell("fail");
        watcher.Tell("report");
        await probe.Expect("report");

        talker.Tell(PoisonPill.Instance);

        await probe.Expect("terminated");
    }

    [Fact]
    public async Task A_new_actor_at_the_same_path_is_another_one()
    {
        Probe probe = NewProbe();
        IActorRef first = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)), "same");
        await probe.Do(context => context.Watch(first));
        System.Stop(first);
        await probe.Expect<Terminated>();

        IActorRef second = System.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)), "same");

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
        System.Stop(second);
        Assert.True(await second.WatchAsync());
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task A_parent_that_gets_Terminated_may_use_the_name_again()
    {
        Probe probe = NewProbe();
        IActorRef child = null;
        await probe.Do(context => child = context.Watch(context.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)), "child")));
        child.Tell(PoisonPill.Instance);
        await probe.Expect<Terminated>();

        await probe.Do(context => context.ActorOf(Props.Create(() => new Talker(ActorRefs.Nobody)), "child"));

        await probe.ExpectNothingMore();
    }

    private sealed class Talker(IActorRef listener) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            for (int i = 0; i < (int)message; i++)
                listener.Tell(i);
            Context.Stop(Self);
        }
    }

    private sealed class Careless : ReceiveActor
    {
        public Careless(IActorRef watched)
        {
            Context.Watch(watched);
            Receive<string>(text => Sender.Tell(text));
        }
    }

    private sealed class Reporting(IActorRef watched, IActorRef listener) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "watch":
                    Context.Watch(watched);
                    break;
                case "fail":
                    throw new InvalidOperationException("oops");
                case Terminated:
                    listener.Tell("terminated");
                    break;
                default:
                    listener.Tell(message);
                    break;
            }
        }
    }
}
