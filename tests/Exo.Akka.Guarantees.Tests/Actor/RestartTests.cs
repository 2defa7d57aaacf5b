using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class RestartTests : ActorTest
{
    [Fact]
    public async Task PreRestart_may_send_the_failing_message_again()
    {
        Probe log = NewProbe();
        Attempts attempts = new();
        IActorRef actor = System.ActorOf(Props.Create(() => new TryingAgain(attempts, log.Ref)));

        actor.Tell("work");

        await log.Expect("failed at 1", "done at 2");
    }

    [Fact]
    public async Task Watchers_hear_nothing_of_a_restart()
    {
        Probe watcher = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Restarting()));
        await watcher.Do(context => context.Watch(actor));

        actor.Tell("fail");
        Assert.Equal("pong", await actor.Ask<string>("ping", Soon));

        await watcher.ExpectNothingMore();
        actor.Tell(PoisonPill.Instance);
        Assert.Equal(actor, (await watcher.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Messages_queued_before_and_during_a_restart_are_handled_after_it_in_order()
    {
        Probe log = NewProbe();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new WaitingForItsChild(gate.Task, log.Ref)));

        actor.Tell("fail");
        actor.Tell("one");
        await log.Expect("child is stopping");
        actor.Tell("two");
        await log.ExpectNothingMore();
        gate.SetResult();

        await log.Expect("child has stopped", "restarted", "one", "two");
    }

    [Fact]
    public async Task By_default_a_restart_unwatches_the_children_it_stops()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new WatchingItsChild(log.Ref)));
        await log.Expect("started");

        actor.Tell("fail");
        await log.Expect("child has stopped", "started");
        actor.Tell("after");

        await log.Expect("after");
        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task Children_survive_a_restart_whose_PreRestart_leaves_them_alone()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new KeepingItsChild()));
        IActorRef before = await actor.Ask<IActorRef>("child", Soon);

        actor.Tell("fail");

        Assert.Equal(before, await actor.Ask<IActorRef>("child", Soon));
        Assert.NotNull((await before.Ask<ActorIdentity>(new Identify(1), Soon)).Subject);
    }

    [Fact]
    public async Task While_an_actor_has_failed_its_children_wait_too()
    {
        Probe log = NewProbe();
        Probe other = NewProbe();
        Task<IActorRef> grandchild = null;
        Func<Exception, Directive> decide = _ =>
        {
            log.Ref.Tell("deciding", ActorRefs.NoSender);
            grandchild.Result.Tell("to the suspended one", log.Ref);
            for (int i = 0; i < 20; i++)
                other.Do(_ => { }).Wait(Soon);
            log.Ref.Tell("decided", ActorRefs.NoSender);
            return Directive.Resume;
        };
        IActorRef top = System.ActorOf(Props.Create(() => new Supervising()).WithSupervisorStrategy(new OneForOneStrategy(decide)));
        IActorRef child = await top.Ask<IActorRef>(Props.Create(() => new KeepingItsChild()), Soon);
        IActorRef echo = await child.Ask<IActorRef>("child", Soon);
        grandchild = Task.FromResult(echo);

        child.Tell("fail");

        await log.Expect("deciding", "decided", "to the suspended one");
    }

    [Fact]
    public async Task A_restart_takes_the_stacked_behaviours_and_the_state_away()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Changing()));
        Assert.Equal("changed 1", await actor.Ask<string>("change", Soon));

        actor.Tell("fail");

        Assert.Equal("initial 0", await actor.Ask<string>("what", Soon));
    }

    [Fact]
    public async Task When_Terminated_comes_PostStop_has_run()
    {
        Probe probe = NewProbe();
        bool stopped = false;
        Action stop = () => Volatile.Write(ref stopped, true);
        IActorRef actor = System.ActorOf(Props.Create<Stopping>(stop));
        await probe.Do(context => context.Watch(actor));

        System.Stop(actor);

        await probe.Expect<Terminated>();
        Assert.True(Volatile.Read(ref stopped));
    }

    [Fact]
    public async Task An_exception_in_PostRestart_is_a_failure_of_its_own_that_the_supervisor_sees()
    {
        Probe seen = NewProbe();
        Func<Exception, Directive> decide = failure =>
        {
            seen.Ref.Tell(failure);
            return failure is PostRestartException ? Directive.Stop : Directive.Restart;
        };
        IActorRef top = System.ActorOf(Props.Create(() => new Supervising()).WithSupervisorStrategy(new OneForOneStrategy(decide)));
        IActorRef child = await top.Ask<IActorRef>(Props.Create(() => new BrokenAfterwards()), Soon);

        child.Tell("fail");

        await seen.Expect<InvalidOperationException>();
        Assert.IsType<NotSupportedException>((await seen.Expect<PostRestartException>()).InnerException);
    }

    private sealed class Attempts
    {
        public int Count { get; set; }
    }

    private sealed class TryingAgain(Attempts attempts, IActorRef log) : UntypedActor
    {
        protected override void PreRestart(Exception reason, object message)
        {
            log.Tell(reason.Message);
            Self.Tell(message, Sender);
        }

        protected override void OnReceive(object message)
        {
            if (++attempts.Count == 1)
                throw new InvalidOperationException($"failed at {attempts.Count}");
            log.Tell($"done at {attempts.Count}");
        }
    }

    private sealed class Restarting : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("fail");
            Sender.Tell("pong");
        }
    }

    private sealed class WaitingForItsChild : UntypedActor
    {
        private readonly IActorRef _log;

        public WaitingForItsChild(Task gate, IActorRef log)
        {
            _log = log;
            Context.ActorOf(Props.Create(() => new Slow(gate, log)));
        }

        protected override void PostRestart(Exception reason) => _log.Tell("restarted");

        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("fail");
            _log.Tell(message);
        }

        private sealed class Slow : ReceiveActor
        {
            private readonly IActorRef _log;

            public Slow(Task gate, IActorRef log)
            {
                _log = log;
                Context.ActorOf(Props.Create(() => new Slower(gate, log)));
            }

            protected override void PostStop() => _log.Tell("child has stopped");
        }

        private sealed class Slower(Task gate, IActorRef log) : UntypedActor
        {
            protected override void PostStop()
            {
                log.Tell("child is stopping");
                gate.Wait();
            }

            protected override void OnReceive(object message)
            {
            }
        }
    }

    private sealed class WatchingItsChild(IActorRef log) : UntypedActor
    {
        protected override void PreStart()
        {
            Context.Watch(Context.ActorOf(Props.Create(() => new Child(log))));
            log.Tell("started");
        }

        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("fail");
            log.Tell(message);
        }

        private sealed class Child(IActorRef log) : UntypedActor
        {
            protected override void PostStop() => log.Tell("child has stopped");

            protected override void OnReceive(object message)
            {
            }
        }
    }

    private sealed class KeepingItsChild : UntypedActor
    {
        protected override void PreStart() => Context.ActorOf(Props.Create(() => new Echo()), "child");

        protected override void PreRestart(Exception reason, object message) => PostStop();

        protected override void PostRestart(Exception reason)
        {
        }

        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("fail");
            Sender.Tell(Context.Child("child"));
        }

        private sealed class Echo : UntypedActor
        {
            protected override void OnReceive(object message) => Sender.Tell(message);
        }
    }

    private sealed class Supervising : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));
    }

    private sealed class Changing : ReceiveActor
    {
        private int _changes;

        public Changing() => Mood("initial");

        private void Mood(string name)
        {
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException("fail"));
            Receive<string>(text => text == "change", _ =>
            {
                BecomeStacked(() => Mood("changed"));
                Sender.Tell($"changed {++_changes}");
            });
            Receive<string>(_ => Sender.Tell($"{name} {_changes}"));
        }
    }

    private sealed class Stopping(Action stopped) : UntypedActor
    {
        protected override void PostStop() => stopped();

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class BrokenAfterwards : UntypedActor
    {
        protected override void PostRestart(Exception reason) => throw new NotSupportedException("broken");

        protected override void OnReceive(object message) => throw new InvalidOperationException("fail");
    }
}
