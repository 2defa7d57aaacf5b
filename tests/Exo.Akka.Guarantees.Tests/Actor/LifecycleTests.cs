using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class LifecycleTests : ActorTest
{
    [Fact]
    public async Task A_restart_calls_PreRestart_PostStop_constructor_PostRestart_PreStart_in_this_order()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Logging(log.Ref)));
        await log.Expect("constructor", "PreStart");

        actor.Tell(new InvalidOperationException("bad"));

        await log.Expect("PreRestart InvalidOperationException bad", "PostStop", "constructor", "PostRestart bad", "PreStart");
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task The_failing_message_is_not_handled_again_and_the_queue_goes_on()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Logging(log.Ref)));
        await log.Expect("constructor", "PreStart");

        actor.Tell(new InvalidOperationException("bad"));
        actor.Tell("next");

        await log.Expect("PreRestart InvalidOperationException bad", "PostStop", "constructor", "PostRestart bad", "PreStart", "next");
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task A_restart_keeps_the_reference_and_its_uid()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Logging(ActorRefs.Nobody)));
        long uid = actor.Path.Uid;

        actor.Tell(new InvalidOperationException("bad"));
        actor.Tell("who", probe.Ref);

        Assert.Equal(actor, await probe.Expect<IActorRef>());
        Assert.Equal(uid, actor.Path.Uid);
    }

    [Fact]
    public async Task A_throw_in_the_constructor_stops_the_actor_without_a_restart()
    {
        Probe probe = NewProbe();
        int made = 0;
        Action fail = () =>
        {
            made++;
            throw new InvalidOperationException("cannot");
        };
        IActorRef actor = System.ActorOf(Props.Create<Failing>(fail, null, null));

        await probe.Do(context => context.Watch(actor));

        await probe.Expect<Terminated>();
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task After_a_throw_in_PreStart_the_actor_stops_without_PostStop()
    {
        Probe probe = NewProbe();
        Probe log = NewProbe();
        Action fail = () => throw new InvalidOperationException("cannot");
        Action stopped = () => log.Ref.Tell("PostStop");
        IActorRef actor = System.ActorOf(Props.Create<Failing>(null, fail, stopped));

        await probe.Do(context => context.Watch(actor));

        await probe.Expect<Terminated>();
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task Children_stop_before_their_parent()
    {
        Probe log = NewProbe();
        IActorRef parent = System.ActorOf(Props.Create(() => new Nesting("parent", 2, log.Ref)));
        await log.Expect("started parent");

        System.Stop(parent);

        await log.Expect("stopped parent-child-child", "stopped parent-child", "stopped parent");
    }

    [Fact]
    public async Task Stopping_itself_finishes_the_message_and_the_rest_goes_to_the_dead_letters()
    {
        Probe dead = NewProbe();
        Probe log = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));
        IActorRef actor = System.ActorOf(Props.Create(() => new SelfStopping(log.Ref)));

        actor.Tell("stop");
        actor.Tell("late");

        await log.Expect("still here");
        Akka.Event.DeadLetter letter = await dead.Expect<Akka.Event.DeadLetter>();
        Assert.Equal("late", letter.Message);
        Assert.Equal(actor, letter.Recipient);
    }

    [Fact]
    public async Task A_message_to_a_stopped_actor_is_a_dead_letter()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));
        IActorRef actor = System.ActorOf(Props.Create(() => new SelfStopping(ActorRefs.Nobody)));
        Assert.True(await actor.GracefulStop(Soon));

        actor.Tell("late");

        Assert.Equal("late", (await dead.Expect<Akka.Event.DeadLetter>()).Message);
    }

    [Fact]
    public async Task Poison_pill_lets_earlier_messages_pass_and_Kill_fails_the_actor()
    {
        Probe log = NewProbe();
        Probe watcher = NewProbe();
        IActorRef poisoned = System.ActorOf(Props.Create(() => new Logging(log.Ref)));
        await watcher.Do(context => context.Watch(poisoned));

        poisoned.Tell("first");
        poisoned.Tell(PoisonPill.Instance);
        await log.Expect("constructor", "PreStart", "first", "PostStop");
        await watcher.Expect<Terminated>();

        IActorRef killed = System.ActorOf(Props.Create(() => new Logging(ActorRefs.Nobody)));
        await watcher.Do(context => context.Watch(killed));
        killed.Tell(Kill.Instance);
        await watcher.Expect<Terminated>();
    }

    [Fact]
    public async Task Graceful_stop_is_false_when_the_actor_takes_too_long()
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef slow = System.ActorOf(Props.Create(() => new Waiting(release.Task)));
        slow.Tell("wait");

        Assert.False(await slow.GracefulStop(TimeSpan.FromMilliseconds(50)));

        release.SetResult();
        Assert.True(await slow.GracefulStop(Soon));
    }

    [Fact]
    public async Task Unhandled_messages_are_published()
    {
        Probe unhandled = NewProbe();
        System.EventStream.Subscribe(unhandled.Ref, typeof(Akka.Event.UnhandledMessage));
        IActorRef deaf = System.ActorOf(Props.Create(() => new Deaf()));

        deaf.Tell("anyone?");

        Assert.Equal("anyone?", (await unhandled.Expect<Akka.Event.UnhandledMessage>()).Message);
    }

    [Fact]
    public async Task The_context_outside_of_a_message_is_refused()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Leaking()));

        Func<IActorRef> readSelf = await actor.Ask<Func<IActorRef>>("leak", Soon);

        Assert.Throws<NotSupportedException>(() => readSelf());
        await probe.ExpectNothingMore();
    }

    private sealed class Logging : UntypedActor
    {
        private readonly IActorRef _log;

        public Logging(IActorRef log)
        {
            _log = log;
            Log("constructor");
        }

        protected override void PreStart() => Log("PreStart");

        protected override void PostStop() => Log("PostStop");

        protected override void PreRestart(Exception reason, object message)
        {
            Log($"PreRestart {message.GetType().Name} {reason.Message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            Log($"PostRestart {reason.Message}");
            base.PostRestart(reason);
        }

        protected override void OnReceive(object message)
        {
            if (message is Exception failure)
                throw failure;
            if (message is "who")
                Sender.Tell(Self);
            else
                Log(message);
        }

        private void Log(object message) => _log.Tell(message);
    }

    private sealed class Failing : UntypedActor
    {
        private readonly Action _preStart;
        private readonly Action _postStop;

        public Failing(Action constructor, Action preStart, Action postStop)
        {
            _preStart = preStart;
            _postStop = postStop;
            constructor?.Invoke();
        }

        protected override void PreStart() => _preStart?.Invoke();

        protected override void PostStop() => _postStop?.Invoke();

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Nesting(string name, int depth, IActorRef log) : UntypedActor
    {
        protected override void PreStart()
        {
            if (depth > 0)
                Context.ActorOf(Props.Create(() => new Nesting(name + "-child", depth - 1, log)));
            if (depth == 2)
                log.Tell("started " + name);
        }

        protected override void PostStop() => log.Tell("stopped " + name);

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class SelfStopping(IActorRef log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            Context.Stop(Self);
            log.Tell("still here");
        }
    }

    private sealed class Waiting : ReceiveActor
    {
        public Waiting(Task task)
        {
            ReceiveAsync<string>(_ => task);
        }
    }

    private sealed class Deaf : ReceiveActor
    {
    }

    private sealed class Leaking : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell((Func<IActorRef>)(() => Self));
    }
}
