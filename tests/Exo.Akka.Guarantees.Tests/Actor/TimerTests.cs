using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class TimerTests : ActorTest
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Each_form_of_a_timer_sends_its_message()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));

        actor.Tell(new Command(timers => timers.StartSingleTimer(1, "single", s_short)));
        await log.Expect("single");
        actor.Tell(new Command(timers => timers.StartSingleTimer(1, "single from", s_short, log.Ref)));
        await log.Expect("single from");
        foreach ((string text, Action<ITimerScheduler> start) in new (string, Action<ITimerScheduler>)[]
        {
            ("periodic", timers => timers.StartPeriodicTimer(1, "periodic", s_short)),
            ("periodic from", timers => timers.StartPeriodicTimer(1, "periodic from", s_short, log.Ref)),
            ("periodic later", timers => timers.StartPeriodicTimer(1, "periodic later", s_short, s_short)),
            ("periodic later from", timers => timers.StartPeriodicTimer(1, "periodic later from", s_short, s_short, log.Ref)),
        })
        {
            actor.Tell(new Command(start));
            while ((await log.Expect<string>()) != text)
            {
            }

            await log.Expect(text);
        }

        Assert.Equal([1], await actor.Ask<object[]>("active", Soon));
    }

    [Fact]
    public async Task A_timers_sender_is_the_given_one_and_else_nobody()
    {
        Probe log = NewProbe();
        Probe sender = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new NamingSenders(log.Ref)));

        actor.Tell(new Command(timers => timers.StartSingleTimer("a", "with", s_short, sender.Ref)));
        await log.Expect($"with from {sender.Ref.Path}");
        actor.Tell(new Command(timers => timers.StartSingleTimer("b", "without", s_short)));

        Assert.Contains((await log.Expect<string>()), new[] { "without from nobody", $"without from {System.DeadLetters.Path}" });
    }

    [Fact]
    public async Task An_initial_delay_comes_before_the_first_message()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));

        actor.Tell(new Command(timers => timers.StartPeriodicTimer("soon", "soon", s_short, s_long)));
        actor.Tell(new Command(timers => timers.StartPeriodicTimer("late", "late", s_long, s_short)));

        await log.Expect("soon");
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task Active_timers_are_known_by_their_keys()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(ActorRefs.Nobody)));
        actor.Tell(new Command(timers => timers.StartSingleTimer("single", "x", s_long)));
        actor.Tell(new Command(timers => timers.StartPeriodicTimer(7, "y", s_long)));

        Assert.Equal(["7", "single"], (await actor.Ask<object[]>("active", Soon)).Select(key => key.ToString()).Order());
        actor.Tell(new Command(timers => timers.Cancel("single")));
        Assert.Equal([7], await actor.Ask<object[]>("active", Soon));
        actor.Tell(new Command(timers => timers.CancelAll()));
        Assert.Empty(await actor.Ask<object[]>("active", Soon));
    }

    [Fact]
    public async Task Cancelling_a_key_without_a_timer_does_nothing()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(ActorRefs.Nobody)));

        actor.Tell(new Command(timers => timers.Cancel("none")));

        Assert.Empty(await actor.Ask<object[]>("active", Soon));
    }

    [Fact]
    public async Task A_single_timers_key_is_free_when_its_message_is_taken()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new RepeatsItself(log.Ref)));

        await log.Expect("free", "free", "free");
        actor.Tell(PoisonPill.Instance);
    }

    [Fact]
    public async Task A_replaced_timers_message_that_is_queued_is_discarded()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));
        using ManualResetEventSlim fired = new();

        actor.Tell(new Command(timers =>
        {
            timers.StartSingleTimer("key", "old", s_short);
            // Well after the timer has fired into the mailbox, behind this message.
            System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(60), fired.Set);
            fired.Wait();
            timers.StartSingleTimer("key", "new", s_short);
        }));

        await log.Expect("new");
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task A_stop_cancels_the_timers()
    {
        Probe dead = NewProbe();
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Timed(log.Ref)));
        actor.Tell(new Command(timers => timers.StartPeriodicTimer("key", "tick", s_short)));
        await log.Expect("tick");
        System.Stop(actor);
        Assert.True(await actor.WatchAsync());
        log.Unread();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));

        TaskCompletionSource passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(60), passed.SetResult);
        await passed.Task.WaitAsync(Soon);

        await log.ExpectNothingMore();
        // At most the one that was under way.
        Assert.True(dead.Unread().Count <= 1);
    }

    [Fact]
    public async Task Timers_can_be_started_in_the_constructor()
    {
        Probe log = NewProbe();
        System.ActorOf(Props.Create(() => new Early(log.Ref)));

        await log.Expect("early");
    }

    [Fact]
    public async Task A_receive_timeout_is_put_off_by_every_message()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Patient(log.Ref)));
        ICancelable noise = System.Scheduler.ScheduleTellRepeatedlyCancelable(1, 20, actor, "noise", ActorRefs.NoSender);

        for (int i = 0; i < 25; i++)
            await log.Expect<object>();
        noise.Cancel();

        while (await log.Expect<object>() is not TimeSpan)
        {
        }

        actor.Tell(PoisonPill.Instance);
        Assert.True(await actor.WatchAsync());
        Assert.All(log.Unread(), envelope => Assert.NotEqual("too early", envelope.Message));
    }

    private sealed record Command(Action<ITimerScheduler> Action);

    private sealed class Timed(IActorRef log) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; }

        protected override void OnReceive(object message)
        {
            if (message is Command command)
                command.Action(Timers);
            else if (message is "active")
                Sender.Tell(Timers.ActiveTimers.ToArray());
            else
                log.Tell(message);
        }
    }

    private sealed class NamingSenders(IActorRef log) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; }

        protected override void OnReceive(object message)
        {
            if (message is Command command)
                command.Action(Timers);
            else
                log.Tell($"{message} from {Sender?.Path.ToString() ?? "nobody"}");
        }
    }

    private sealed class RepeatsItself(IActorRef log) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; }

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", s_short);

        protected override void OnReceive(object message)
        {
            log.Tell(Timers.IsTimerActive("key") ? "taken" : "free");
            Timers.StartSingleTimer("key", "tick", s_short);
        }
    }

    private sealed class Early : ReceiveActor, IWithTimers
    {
        public Early(IActorRef log)
        {
            Timers.StartSingleTimer("key", "early", s_short);
            ReceiveAny(message => log.Tell(message));
        }

        public ITimerScheduler Timers { get; set; }
    }

    private sealed class Patient : ReceiveActor
    {
        public Patient(IActorRef log)
        {
            TimeSpan idle = TimeSpan.FromMilliseconds(200);
            TimeSpan last = Context.System.Scheduler.MonotonicClock;
            SetReceiveTimeout(idle);
            Receive<ReceiveTimeout>(timeout =>
            {
                TimeSpan since = Context.System.Scheduler.MonotonicClock - last;
                log.Tell(ReferenceEquals(timeout, ReceiveTimeout.Instance) && since >= idle ? since : "too early");
            });
            ReceiveAny(message =>
            {
                last = Context.System.Scheduler.MonotonicClock;
                log.Tell(message);
            });
        }
    }
}
