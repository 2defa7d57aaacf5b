using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class StoppingTests : ActorTest
{
    [Fact]
    public async Task GracefulStop_tells_the_given_message_and_waits_for_the_end()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new StopsAtWill(log.Ref)));

        Assert.True(await actor.GracefulStop(Soon, "please stop"));

        await log.Expect("please stop");
    }

    [Fact]
    public async Task GracefulStop_of_an_actor_that_has_stopped_is_true()
    {
        IActorRef actor = System.ActorOf(Props.Empty);

        Assert.True(await actor.GracefulStop(Soon));
        Assert.True(await actor.GracefulStop(Soon));
    }

    [Fact]
    public async Task GracefulStop_is_false_and_does_not_throw_when_the_message_stops_nothing()
    {
        IActorRef actor = System.ActorOf(Props.Empty);

        Assert.False(await actor.GracefulStop(TimeSpan.FromMilliseconds(30), "not a stop"));
    }

    [Fact]
    public async Task Stop_lets_the_message_that_is_handled_end_and_none_after_it_begin()
    {
        Probe log = NewProbe();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new Working(gate.Task, log.Ref)));
        actor.Tell("first");
        actor.Tell("second");
        await log.Expect("begin first");

        System.Stop(actor);
        gate.SetResult();

        await log.Expect("end first", "stopped");
        Assert.True(await actor.WatchAsync());
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task What_is_left_in_the_mailbox_goes_to_the_dead_letters_in_order()
    {
        Probe dead = NewProbe();
        Probe log = NewProbe();
        System.EventStream.Subscribe<DeadLetter>(dead.Ref);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new Working(gate.Task, log.Ref)));
        foreach (string message in (string[])["first", "second", "third"])
            actor.Tell(message);
        await log.Expect("begin first");

        System.Stop(actor);
        gate.SetResult();

        Assert.Equal("second", (await dead.Expect<DeadLetter>()).Message);
        Assert.Equal("third", (await dead.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_poison_pill_to_a_stopped_actor_is_no_dead_letter()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe<DeadLetter>(dead.Ref);
        IActorRef actor = System.ActorOf(Props.Empty);
        Assert.True(await actor.GracefulStop(Soon));

        actor.Tell(PoisonPill.Instance);
        actor.Tell("late");

        Assert.Equal("late", (await dead.Expect<DeadLetter>()).Message);
        await dead.ExpectNothingMore();
    }

    [Fact]
    public async Task Identify_to_a_stopped_actor_is_answered_with_null()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Empty);
        Assert.True(await actor.GracefulStop(Soon));

        actor.Tell(new Identify(5), probe.Ref);

        ActorIdentity identity = await probe.Expect<ActorIdentity>();
        Assert.Equal(5, identity.MessageId);
        Assert.Null(identity.Subject);
    }

    private sealed class StopsAtWill(IActorRef log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            log.Tell(message);
            Context.Stop(Self);
        }
    }

    private sealed class Working(Task gate, IActorRef log) : UntypedActor
    {
        protected override void PostStop() => log.Tell("stopped");

        protected override void OnReceive(object message)
        {
            log.Tell($"begin {message}");
            gate.Wait();
            log.Tell($"end {message}");
        }
    }
}
