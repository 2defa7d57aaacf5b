using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ReferenceTests : ActorTest
{
    [Fact]
    public void NoSender_is_null_and_Nobody_is_nobody()
    {
        Assert.Null(ActorRefs.NoSender);
        Assert.True(ActorRefs.Nobody.IsNobody());
        Assert.True(ActorRefs.NoSender.IsNobody());
        Assert.False(NewProbe().Ref.IsNobody());
    }

    [Fact]
    public async Task What_an_actor_tells_has_the_actor_as_sender()
    {
        Probe probe = NewProbe();
        Probe telling = NewProbe();

        await telling.Do(_ => probe.Ref.Tell("hello"));

        await probe.Expect("hello");
        Assert.Equal(telling.Ref, probe.LastSender);
    }

    [Fact]
    public async Task What_is_told_outside_of_an_actor_has_the_dead_letters_or_nobody_as_sender()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new TellingSender(NewProbe().Ref)));
        Probe probe = NewProbe();
        actor.Tell(probe.Ref);
        actor.Tell("who");

        IActorRef sender = (await probe.Expect<Told>()).Sender;

        Assert.True(sender.IsNobody() || sender.Equals(System.DeadLetters), $"{sender}");
    }

    [Fact]
    public async Task Forward_keeps_the_sender()
    {
        Probe probe = NewProbe();
        Probe original = NewProbe();
        IActorRef forwarding = System.ActorOf(Props.Create(() => new Forwarding(probe.Ref)));

        forwarding.Tell("hello", original.Ref);

        await probe.Expect("hello");
        Assert.Equal(original.Ref, probe.LastSender);
    }

    [Fact]
    public async Task Forward_outside_of_an_actor_has_no_sender()
    {
        Probe probe = NewProbe();

        probe.Ref.Forward("hello");

        await probe.Expect("hello");
        Assert.True(probe.LastSender.IsNobody() || probe.LastSender.Equals(System.DeadLetters));
    }

    [Fact]
    public async Task An_old_incarnations_reference_never_equals_the_new_one_at_the_same_path()
    {
        Probe parent = NewProbe();
        IActorRef first = null;
        await parent.Do(context => first = context.Watch(context.ActorOf(Props.Empty, "same")));
        System.Stop(first);
        await parent.Expect<Terminated>();
        IActorRef second = null;
        await parent.Do(context => second = context.ActorOf(Props.Empty, "same"));

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first.Path.Uid, second.Path.Uid);
        Assert.NotEqual(first, second);
        Assert.NotEqual(0, first.CompareTo(second));
        Assert.Equal(2, new HashSet<IActorRef> { first, second, first }.Count);
    }

    [Fact]
    public async Task References_to_one_incarnation_are_equal_however_they_were_found()
    {
        IActorRef made = NewProbe().Ref;

        IActorRef found = await System.ActorSelection(made.Path).ResolveOne(Soon);

        Assert.Equal(made, found);
        Assert.Equal(made.GetHashCode(), found.GetHashCode());
        Assert.Equal(0, made.CompareTo(found));
    }

    [Fact]
    public async Task Messages_of_one_sender_to_one_actor_come_in_order_and_one_at_a_time()
    {
        const int Senders = 4;
        const int Messages = 5_000;
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Checking(Senders * Messages, log.Ref)));

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (int i = 0; i < Messages; i++)
                actor.Tell((sender, i), ActorRefs.NoSender);
        })));

        await log.Expect("in order, one at a time");
    }

    [Fact]
    public async Task A_dead_letter_names_message_sender_and_recipient()
    {
        Probe dead = NewProbe();
        Probe sender = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));
        IActorRef gone = System.ActorOf(Props.Empty);
        Assert.True(await gone.GracefulStop(Soon));

        gone.Tell("late", sender.Ref);

        DeadLetter letter = await dead.Expect<DeadLetter>();
        Assert.Equal("late", letter.Message);
        Assert.Equal(sender.Ref, letter.Sender);
        Assert.Equal(gone, letter.Recipient);
    }

    private sealed record Told(IActorRef Sender);

    private sealed class TellingSender(IActorRef to) : UntypedActor
    {
        private IActorRef _to = to;

        protected override void OnReceive(object message)
        {
            if (message is IActorRef other)
                _to = other;
            else
                _to.Tell(new Told(Sender));
        }
    }

    private sealed class Forwarding(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Forward(message);
    }

    private sealed class Checking(int expected, IActorRef log) : UntypedActor
    {
        private readonly Dictionary<int, int> _last = [];
        private int _inside;
        private int _count;

        protected override void OnReceive(object message)
        {
            (int sender, int number) = ((int, int))message;
            if (Interlocked.Increment(ref _inside) != 1)
                log.Tell("two at a time");
            if (_last.GetValueOrDefault(sender, -1) != number - 1)
                log.Tell($"{number} of {sender} after {_last.GetValueOrDefault(sender, -1)}");
            _last[sender] = number;
            if (++_count == expected)
                log.Tell("in order, one at a time");
            Interlocked.Decrement(ref _inside);
        }
    }
}
