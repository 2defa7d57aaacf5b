using Akka.Actor;
using Akka.TestKit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Tests.Actor;

/// <summary>Everything that waits, waits for the scheduler's time: a test moves it by hand and no second passes.</summary>
public sealed class VirtualTimeTests : ActorTest
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    public VirtualTimeTests()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
    }

    private TestScheduler Time => Assert.IsType<TestScheduler>(System.Scheduler);

    [Fact]
    public async Task A_scheduled_tell_comes_when_its_time_has_come_and_not_before()
    {
        Probe probe = NewProbe();
        System.Scheduler.ScheduleTellOnce(s_hour, probe.Ref, "now", ActorRefs.NoSender);
        Time.Advance(s_hour - TimeSpan.FromTicks(1));
        await probe.ExpectNothingMore();
        Time.Advance(TimeSpan.FromTicks(1));
        await probe.Expect("now");
    }

    [Fact]
    public async Task Tells_come_in_the_order_of_their_times_and_repeat()
    {
        Probe probe = NewProbe();
        System.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), probe.Ref, "tick", ActorRefs.NoSender);
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(4), probe.Ref, "once", ActorRefs.NoSender);
        Time.Advance(TimeSpan.FromSeconds(6));
        await probe.Expect("tick", "tick", "once", "tick");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task A_cancelled_tell_never_comes()
    {
        Probe probe = NewProbe();
        ICancelable cancelable = System.Scheduler.ScheduleTellRepeatedlyCancelable(s_hour, s_hour, probe.Ref, "tick", ActorRefs.NoSender);
        Time.Advance(s_hour);
        await probe.Expect("tick");
        cancelable.Cancel();
        Time.Advance(10 * s_hour);
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Timers_of_an_actor_follow_the_same_clock()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Ticking(probe.Ref)));
        await actor.Ask<ActorIdentity>(new Identify(1), Soon);
        Time.Advance(s_hour);
        await probe.Expect("tick");
        Time.Advance(2 * s_hour);
        await probe.Expect("tick", "tick");
    }

    [Fact]
    public async Task A_receive_timeout_comes_after_the_idle_time()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Idle(probe.Ref)));
        Assert.Equal("pong", await actor.Ask<string>("ping", Soon));

        // Answered when the actor has finished with the ping, which is a moment after the pong; and no end to the idle time.
        await actor.Ask<ActorIdentity>(new Identify(1), Soon);
        Time.Advance(s_hour - TimeSpan.FromTicks(1));
        await actor.Ask<ActorIdentity>(new Identify(2), Soon);
        await probe.ExpectNothingMore();

        Time.Advance(TimeSpan.FromTicks(1));
        await probe.Expect<ReceiveTimeout>();
    }

    [Fact]
    public async Task Restarts_are_counted_within_a_window_of_the_same_clock()
    {
        Probe probe = NewProbe();
        OneForOneStrategy strategy = new(1, TimeSpan.FromMinutes(1), _ => Directive.Restart);
        IActorRef actor = System.ActorOf(Props.Create(() => new Parent(probe.Ref)).WithSupervisorStrategy(strategy));
        IActorRef child = await actor.Ask<IActorRef>("child", Soon);
        await probe.Do(context => context.Watch(child));
        for (int failure = 0; failure < 3; failure++)
        {
            child.Tell("fail");
            await child.Ask<ActorIdentity>(new Identify(1), Soon);
            Time.Advance(TimeSpan.FromMinutes(2));
        }

        await probe.ExpectNothingMore();
        child.Tell("fail");
        child.Tell("fail");
        Assert.Equal(child, (await probe.Expect<Terminated>()).ActorRef);
    }

    private sealed class Ticking : ReceiveActor, IWithTimers
    {
        public Ticking(IActorRef to) => Receive<string>(tick => to.Tell(tick));

        public ITimerScheduler Timers { get; set; }

        protected override void PreStart() => Timers.StartPeriodicTimer("key", "tick", s_hour);
    }

    private sealed class Idle : ReceiveActor
    {
        public Idle(IActorRef to)
        {
            SetReceiveTimeout(s_hour);
            Receive<string>(_ => Sender.Tell("pong"));
            Receive<ReceiveTimeout>(timeout => to.Tell(timeout));
        }
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent(IActorRef probe)
        {
            IActorRef child = Context.ActorOf(Props.Create(() => new Failing()));
            Receive<string>(_ => Sender.Tell(child));
            Assert.NotNull(probe);
        }
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing() => Receive<string>(text => throw new InvalidOperationException(text));
    }
}
