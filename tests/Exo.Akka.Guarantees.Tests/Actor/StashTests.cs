using Akka.Actor;
using Akka.Configuration;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class StashTests : ActorTest
{
    [Fact]
    public async Task A_stash_counts_what_it_holds()
    {
        IActorRef actor = Stashing(capacity: 2);

        Assert.Equal("count 0, empty True, some False, full False, capacity 2", await actor.Ask<string>("state", Soon));
        actor.Tell(1);
        Assert.Equal("count 1, empty False, some True, full False, capacity 2", await actor.Ask<string>("state", Soon));
        actor.Tell(2);
        Assert.Equal("count 2, empty False, some True, full True, capacity 2", await actor.Ask<string>("state", Soon));
    }

    [Fact]
    public async Task Without_a_capacity_a_stash_is_never_full()
    {
        IActorRef actor = Stashing();
        for (int i = 0; i < 1000; i++)
            actor.Tell(i);

        Assert.StartsWith("count 1000, empty False, some True, full False", await actor.Ask<string>("state", Soon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unbounded_stash_takes_no_capacity()
    {
        IActorRef early = System.ActorOf(Props.Create(() => new LooksEarly()).WithStashCapacity(1));

        Assert.Equal((-1, false), await early.Ask<(int, bool)>("capacity", Soon));
    }

    [Fact]
    public async Task A_mailbox_that_cannot_take_back_a_stash_is_refused()
    {
        using ActorSystem system = ActorSystem.Create(
            "mailboxes",
            ConfigurationFactory.ParseString(
                """
                akka.stdout-loglevel = OFF
                akka.loggers = []
                plain { mailbox-type = "Akka.Dispatch.BoundedMailbox", mailbox-capacity = 10 }
                deque { mailbox-type = "Akka.Dispatch.BoundedDequeBasedMailbox", mailbox-capacity = 10 }
                """));

        Assert.Throws<ConfigurationException>(() => system.ActorOf(Props.Create<LooksEarly>().WithMailbox("deque")));
        Assert.Throws<ConfigurationException>(() => system.ActorOf(Props.Create<Keeps>().WithMailbox("plain")));
        IActorRef keeps = system.ActorOf(Props.Create<Keeps>().WithMailbox("deque"));
        keeps.Tell("first");
        Assert.Equal("first second", await keeps.Ask<string>("second", Soon));
    }

    [Fact]
    public async Task Unstash_brings_back_the_oldest_alone()
    {
        Probe log = NewProbe();
        IActorRef actor = Stashing(log.Ref);
        actor.Tell(1);
        actor.Tell(2);

        actor.Tell("unstash one");
        await log.Expect(1);

        Assert.StartsWith("count 1,", await actor.Ask<string>("state", Soon), StringComparison.Ordinal);
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task UnstashAll_with_a_predicate_brings_back_what_it_wants_and_forgets_the_rest()
    {
        Probe log = NewProbe();
        IActorRef actor = Stashing(log.Ref);
        foreach (int number in (int[])[1, 2, 3, 4])
            actor.Tell(number);

        actor.Tell("unstash even");

        await log.Expect(2, 4);
        Assert.StartsWith("count 0,", await actor.Ask<string>("state", Soon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unstashed_messages_come_before_what_is_queued_in_the_order_of_their_arrival()
    {
        Probe log = NewProbe();
        IActorRef actor = Stashing(log.Ref);
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);

        actor.Tell("unstash all");
        actor.Tell("text");

        await log.Expect(1, 2, 3, "text");
    }

    [Fact]
    public async Task ClearStash_gives_the_messages_away_and_Prepend_takes_them_back_in_front()
    {
        Probe log = NewProbe();
        IActorRef actor = Stashing(log.Ref);
        foreach (int number in (int[])[1, 2])
            actor.Tell(number);
        actor.Tell("clear");
        Assert.StartsWith("count 0,", await actor.Ask<string>("state", Soon), StringComparison.Ordinal);
        actor.Tell(3);

        actor.Tell("prepend");
        actor.Tell("unstash all");

        await log.Expect(1, 2, 3);
    }

    [Fact]
    public async Task A_stash_that_is_full_is_a_StashOverflowException_and_the_actors_failure()
    {
        Probe seen = NewProbe();
        Func<Exception, Directive> decide = failure =>
        {
            seen.Ref.Tell(failure);
            return Directive.Stop;
        };
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(decide)));
        IActorRef actor = await parent.Ask<IActorRef>(Props.Create(() => new Stashes(ActorRefs.Nobody)).WithStashCapacity(1), Soon);

        actor.Tell(1);
        actor.Tell(2);

        await seen.Expect<StashOverflowException>();
    }

    [Fact]
    public async Task Stash_is_null_in_the_constructor_and_there_in_PreStart()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new LooksEarly()));

        Assert.Equal((true, false, false), await actor.Ask<(bool, bool, bool)>("what", Soon));
    }

    [Fact]
    public async Task A_stashed_message_keeps_its_sender_when_it_is_stashed_again()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new StashesAgain()));

        actor.Tell("message", log.Ref);
        actor.Tell("again");
        actor.Tell("open");

        await log.Expect("here you are");
    }

    private IActorRef Stashing(IActorRef log = null, int capacity = -1)
    {
        IActorRef to = log ?? ActorRefs.Nobody;
        Props props = Props.Create(() => new Stashes(to));
        return System.ActorOf(capacity < 0 ? props : props.WithStashCapacity(capacity));
    }

    private sealed class Stashes : ReceiveActor, IWithStash
    {
        private IEnumerable<Envelope> _kept;

        public Stashes(IActorRef log)
        {
            bool isOpen = false;
            Receive<string>(text => text == "state", _ => Sender.Tell(
                $"count {Stash.Count}, empty {Stash.IsEmpty}, some {Stash.NonEmpty}, full {Stash.IsFull}, capacity {Stash.Capacity}"));
            Receive<string>(text => text == "clear", _ => _kept = Stash.ClearStash());
            Receive<string>(text => text == "prepend", _ => Stash.Prepend(_kept));
            Receive<string>(text => text.StartsWith("unstash", StringComparison.Ordinal), text =>
            {
                isOpen = true;
                if (text == "unstash one")
                    Stash.Unstash();
                else if (text == "unstash even")
                    Stash.UnstashAll(envelope => envelope.Message is int number && number % 2 == 0);
                else
                    Stash.UnstashAll();
            });
            Receive<int>(_ => !isOpen, _ => Stash.Stash());
            ReceiveAny(message => log.Tell(message));
        }

        public IStash Stash { get; set; }
    }

    private sealed class Parent : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));
    }

    private sealed class LooksEarly : UntypedActor, IWithUnboundedStash, IWithTimers
    {
        private readonly bool _noStashInConstructor;
        private readonly bool _noTimersInConstructor;
        private bool _noStashInPreStart;

        public LooksEarly()
        {
            _noStashInConstructor = Stash is null;
            _noTimersInConstructor = Timers is null;
        }

        public IStash Stash { get; set; }

        public ITimerScheduler Timers { get; set; }

        protected override void PreStart() => _noStashInPreStart = Stash is null;

        protected override void OnReceive(object message)
            => Sender.Tell(message is "capacity" ? (Stash.Capacity, Stash.IsFull) : (_noStashInConstructor, _noStashInPreStart, _noTimersInConstructor));
    }

    private sealed class Keeps : ReceiveActor, IWithStash
    {
        public Keeps()
        {
            Receive<string>(text => text == "first", _ => Stash.Stash());
            Receive<string>(last =>
            {
                IActorRef asker = Sender;
                Become(() => Receive<string>(first => asker.Tell($"{first} {last}")));
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; }
    }

    private sealed class StashesAgain : ReceiveActor, IWithUnboundedStash
    {
        public StashesAgain()
        {
            bool isOpen = false;
            Receive<string>(text => text == "again", _ => Stash.UnstashAll());
            Receive<string>(text => text == "open", _ =>
            {
                isOpen = true;
                Stash.UnstashAll();
            });
            Receive<string>(_ => !isOpen, _ => Stash.Stash());
            ReceiveAny(_ => Sender.Tell("here you are"));
        }

        public IStash Stash { get; set; }
    }
}
