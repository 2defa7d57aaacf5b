using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class StashAndTimerTests : ActorTest
{
    [Fact]
    public async Task Unstashed_messages_come_first_in_order_with_their_senders()
    {
        Probe log = NewProbe();
        Probe sender = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Gate(log.Ref)));

        actor.Tell(1, sender.Ref);
        actor.Tell(2, sender.Ref);
        actor.Tell("open");
        actor.Tell(3);

        await log.Expect($"1 from {sender.Ref}", $"2 from {sender.Ref}");
        Assert.StartsWith("3 from", await log.Expect<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stashed_messages_survive_a_restart_ahead_of_the_queue()
    {
        Probe log = NewProbe();
        Probe sender = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Gate(log.Ref)));

        actor.Tell(1, sender.Ref);
        actor.Tell("fail");
        actor.Tell(2, sender.Ref);
        actor.Tell("open");

        await log.Expect($"1 from {sender.Ref}", $"2 from {sender.Ref}");
    }

    [Fact]
    public async Task Stashed_messages_of_a_stopped_actor_are_dead_letters()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));
        IActorRef actor = System.ActorOf(Props.Create(() => new Gate(ActorRefs.Nobody)));

        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);

        Assert.Equal(1, (await dead.Expect<Akka.Event.DeadLetter>()).Message);
    }

    [Fact]
    public async Task Stashing_a_message_twice_and_over_the_capacity_is_refused()
    {
        IActorRef twice = System.ActorOf(Props.Create(() => new StashesTwice()).WithStashCapacity(1));

        Assert.IsType<IllegalActorStateException>(await twice.Ask<Exception>(2, Soon));
        Assert.IsType<StashOverflowException>(await twice.Ask<Exception>(1, Soon));
    }

    [Fact]
    public async Task A_single_timer_fires_once_and_frees_its_key()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));

        actor.Tell(new Command(timers => timers.StartSingleTimer("key", "tick", TimeSpan.FromMilliseconds(10))));

        await log.Expect("tick");
        actor.Tell(new Command(timers => log.Ref.Tell(timers.IsTimerActive("key"))));
        await log.Expect(false);
    }

    [Fact]
    public async Task A_periodic_timer_repeats_until_cancelled_and_a_queued_tick_of_it_is_discarded()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));
        actor.Tell(new Command(timers => timers.StartPeriodicTimer("key", "tick", TimeSpan.FromMilliseconds(1))));
        await log.Expect("tick", "tick", "tick");

        using ManualResetEventSlim ticked = new();
        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(50), ticked.Set);
        actor.Tell(new Command(timers =>
        {
            // Ticks pile up behind this message.
            ticked.Wait();
            timers.Cancel("key");
            log.Ref.Tell("cancelled");
        }));

        while (await log.Expect<string>() != "cancelled")
        {
        }

        actor.Tell("after");
        await log.Expect("after");
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task A_new_timer_with_the_same_key_replaces_the_old_one()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));

        actor.Tell(new Command(timers =>
        {
            timers.StartSingleTimer("key", "old", TimeSpan.FromMilliseconds(5));
            timers.StartSingleTimer("key", "new", TimeSpan.FromMilliseconds(30));
        }));

        await log.Expect("new");
    }

    [Fact]
    public async Task A_restart_cancels_the_timers()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));
        actor.Tell(new Command(timers => timers.StartPeriodicTimer("key", "tick", TimeSpan.FromMilliseconds(1))));
        await log.Expect("tick");

        actor.Tell(new Command(_ => throw new InvalidOperationException("oops")));
        actor.Tell("restarted");

        while (await log.Expect<string>() != "restarted")
        {
        }

        actor.Tell(new Command(timers => log.Ref.Tell(timers.ActiveTimers.Count)));
        await log.Expect(0);
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task Receive_timeout_comes_when_idle_repeats_and_ends_with_null()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Idle(log.Ref)));

        actor.Tell(TimeSpan.FromMilliseconds(20));
        await log.Expect<ReceiveTimeout>();
        await log.Expect<ReceiveTimeout>();
        actor.Tell("off");

        // One more may have been under way.
        object next = await log.Expect<object>();
        Assert.Equal("off", next is ReceiveTimeout ? await log.Expect<object>() : next);

        actor.Tell("still there");
        await log.Expect("still there");
    }

    [Fact]
    public async Task Messages_that_do_not_influence_it_do_not_delay_the_receive_timeout()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Idle(log.Ref)));
        actor.Tell(TimeSpan.FromMilliseconds(50));
        ICancelable noise = System.Scheduler.ScheduleTellRepeatedlyCancelable(1, 5, actor, new Quiet(), ActorRefs.NoSender);

        while (await log.Expect<object>() is Quiet)
        {
        }

        noise.Cancel();
        actor.Tell("off");
    }

    private sealed record Command(Action<ITimerScheduler> Action);

    private sealed class Quiet : INotInfluenceReceiveTimeout;

    private sealed class Gate : ReceiveActor, IWithUnboundedStash
    {
        private readonly IActorRef _log;

        public Gate(IActorRef log)
        {
            _log = log;
            Receive<string>(text => text == "open", _ =>
            {
                Become(Open);
                Stash.UnstashAll();
            });
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException("oops"));
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; }

        private void Open() => ReceiveAny(message => _log.Tell($"{message} from {Sender}"));
    }

    private sealed class StashesTwice : UntypedActor, IWithStash
    {
        public IStash Stash { get; set; }

        protected override void OnReceive(object message)
        {
            try
            {
                for (int i = 0; i < (int)message; i++)
                    Stash.Stash();
            }
            catch (AkkaException refused)
            {
                Sender.Tell(refused);
            }
        }
    }

    private sealed class Timed(IActorRef log) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; }

        protected override void OnReceive(object message)
        {
            if (message is Command command)
                command.Action(Timers);
            else
                log.Tell(message);
        }
    }

    private sealed class Idle(IActorRef log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is TimeSpan timeout)
            {
                SetReceiveTimeout(timeout);
                return;
            }

            if (message is "off")
                SetReceiveTimeout(null);
            log.Tell(message);
        }
    }
}
