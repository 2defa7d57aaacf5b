using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class TimerLifeTests : ActorTest
{
    [Fact]
    public async Task Timers_are_off_before_PreRestart_and_PostStop_run()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Observed(probe.Ref)));
        actor.Tell(new InvalidOperationException("fail"));
        await probe.Expect("PreRestart False", "PostStop False");
        actor.Tell(PoisonPill.Instance);
        await probe.Expect("PostStop False");
    }

    [Fact]
    public async Task A_timers_message_can_be_stashed_and_comes_again()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Stashing(probe.Ref)));
        await probe.Expect("stashed");
        actor.Tell("open");
        await probe.Expect("tick");
    }

    [Fact]
    public async Task A_timers_poison_pill_ends_the_actor()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new ShortLived()));
        await probe.Do(context => context.Watch(actor));
        Assert.Equal(actor, (await probe.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task PreRestart_may_answer_the_sender_of_the_failing_message()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Apologising()));
        actor.Tell("hello", probe.Ref);
        await probe.Expect("sorry for hello");
    }

    private sealed class Observed : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _log;

        public Observed(IActorRef log)
        {
            _log = log;
            Receive<Exception>(failure => throw failure);
        }

        public ITimerScheduler Timers { get; set; }

        protected override void PreStart() => Timers.StartPeriodicTimer("key", "tick", TimeSpan.FromHours(1));

        protected override void PreRestart(Exception reason, object message)
        {
            _log.Tell($"PreRestart {Timers.IsTimerActive("key")}");
            base.PreRestart(reason, message);
        }

        protected override void PostStop() => _log.Tell($"PostStop {Timers.IsTimerActive("key")}");
    }

    private sealed class Stashing : ReceiveActor, IWithTimers, IWithUnboundedStash
    {
        public Stashing(IActorRef log)
        {
            Receive<string>(text => text == "open", _ =>
            {
                Become(() => Receive<string>(text => log.Tell(text)));
                Stash.UnstashAll();
            });
            Receive<string>(_ =>
            {
                Stash.Stash();
                log.Tell("stashed");
            });
        }

        public ITimerScheduler Timers { get; set; }

        public IStash Stash { get; set; }

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", TimeSpan.FromMilliseconds(1));
    }

    private sealed class ShortLived : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; }

        protected override void PreStart() => Timers.StartSingleTimer("key", PoisonPill.Instance, TimeSpan.FromMilliseconds(1));
    }

    private sealed class Apologising : ReceiveActor
    {
        public Apologising() => Receive<string>(text => throw new InvalidOperationException(text));

        protected override void PreRestart(Exception reason, object message) => Sender.Tell($"sorry for {message}");
    }
}
