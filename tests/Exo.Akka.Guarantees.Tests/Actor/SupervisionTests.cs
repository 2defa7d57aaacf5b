using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class SupervisionTests : ActorTest
{
    [Fact]
    public async Task Resume_keeps_the_state_of_the_child()
    {
        IActorRef child = await ChildOf(new OneForOneStrategy(_ => Directive.Resume));
        child.Tell(5);
        child.Tell(new InvalidOperationException("oops"));
        child.Tell(2);

        Assert.Equal(7, await child.Ask<int>("sum", Soon));
    }

    [Fact]
    public async Task Restart_loses_the_state_of_the_child()
    {
        IActorRef child = await ChildOf(new OneForOneStrategy(_ => Directive.Restart));
        child.Tell(5);
        child.Tell(new InvalidOperationException("oops"));
        child.Tell(2);

        Assert.Equal(2, await child.Ask<int>("sum", Soon));
    }

    [Fact]
    public async Task Stop_ends_the_child()
    {
        Probe watcher = NewProbe();
        IActorRef child = await ChildOf(new OneForOneStrategy(_ => Directive.Stop));
        await watcher.Do(context => context.Watch(child));

        child.Tell(new InvalidOperationException("oops"));

        Assert.Equal(child, (await watcher.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Escalate_fails_the_parent_whose_restart_stops_the_child()
    {
        Probe watcher = NewProbe();
        IActorRef child = await ChildOf(new OneForOneStrategy(_ => Directive.Escalate), "parent");
        await watcher.Do(context => context.Watch(child));

        child.Tell(new InvalidOperationException("oops"));

        await watcher.Expect<Terminated>();
        IActorRef parent = await System.ActorSelection("/user/parent").ResolveOne(Soon);
        Assert.NotEqual(child, await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon));
    }

    [Fact]
    public async Task An_escalation_that_the_grandparent_resumes_resumes_the_child()
    {
        Probe probe = NewProbe();
        IActorRef grandparent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Resume)));
        Props middle = Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Escalate));
        IActorRef parent = await grandparent.Ask<IActorRef>(middle, Soon);
        IActorRef child = await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon);
        child.Tell(3);

        child.Tell(new InvalidOperationException("oops"));

        child.Tell("sum", probe.Ref);
        await probe.Expect(3);
    }

    [Fact]
    public async Task The_failure_after_n_retries_in_the_window_stops_the_child()
    {
        Probe watcher = NewProbe();
        int made = 0;
        Action count = () => Interlocked.Increment(ref made);
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent())
            .WithSupervisorStrategy(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart)));
        IActorRef child = await parent.Ask<IActorRef>(Props.Create<Summing>(count), Soon);
        await watcher.Do(context => context.Watch(child));

        for (int i = 0; i < 3; i++)
            child.Tell(new InvalidOperationException("oops"));

        await watcher.Expect<Terminated>();
        Assert.Equal(3, made);
    }

    [Fact]
    public async Task All_for_one_restarts_the_siblings_too()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new AllForOneStrategy(_ => Directive.Restart)));
        IActorRef failing = await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon);
        IActorRef sibling = await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon);
        sibling.Tell(9);
        Assert.Equal(9, await sibling.Ask<int>("sum", Soon));

        failing.Tell(new InvalidOperationException("oops"));

        await Exo.Testing.Eventually.True(async () => await sibling.Ask<int>("sum", Soon) == 0, Soon, "the sibling has lost its state");
        Assert.Equal(0, await failing.Ask<int>("sum", Soon));
    }

    [Fact]
    public async Task All_for_one_stops_the_siblings_too()
    {
        Probe watcher = NewProbe();
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new AllForOneStrategy(_ => Directive.Stop)));
        IActorRef failing = await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon);
        IActorRef sibling = await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon);
        await watcher.Do(context => context.Watch(sibling));

        failing.Tell(new InvalidOperationException("oops"));

        Assert.Equal(sibling, (await watcher.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Escalating_to_the_user_guardian_ends_the_system()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Escalate)));
        Assert.NotNull(parent);
        using ActorSystem strict = ActorSystem.Create(
            "strict",
            Akka.Configuration.ConfigurationFactory.ParseString(
                $"akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.actor.guardian-supervisor-strategy = \"{typeof(Escalating).AssemblyQualifiedName}\""));
        IActorRef actor = strict.ActorOf(Props.Create(() => new Summing()));

        actor.Tell(new InvalidOperationException("oops"));

        await strict.WhenTerminated.WaitAsync(Soon);
    }

    [Fact]
    public async Task A_child_stopped_in_PreRestart_is_gone_before_the_new_incarnation_starts()
    {
        Probe log = NewProbe();
        IActorRef parent = System.ActorOf(Props.Create(() => new NamingItsChild(log.Ref)));
        await log.Expect("started");

        parent.Tell("fail");

        await log.Expect("child stopped", "started");
        await log.ExpectNothingMore();
    }

    [Fact]
    public void A_strategy_without_a_window_says_so()
    {
        Assert.Equal(-1, new OneForOneStrategy(3, null, _ => Directive.Restart).WithinTimeRangeMilliseconds);
        Assert.Equal(-1, new AllForOneStrategy(3, null, _ => Directive.Restart).WithinTimeRangeMilliseconds);
        Assert.Equal(1500, new OneForOneStrategy(3, TimeSpan.FromSeconds(1.5), _ => Directive.Restart).WithinTimeRangeMilliseconds);
    }

    [Theory]
    [InlineData(typeof(ActorInitializationException), Directive.Stop)]
    [InlineData(typeof(ActorKilledException), Directive.Stop)]
    [InlineData(typeof(InvalidOperationException), Directive.Restart)]
    public void The_default_decider_stops_what_cannot_be_mended_and_restarts_the_rest(Type failure, Directive expected)
        => Assert.Equal(expected, SupervisorStrategy.DefaultDecider.Decide((Exception)Activator.CreateInstance(failure)));

    private async Task<IActorRef> ChildOf(SupervisorStrategy strategy, string name = null)
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(strategy), name);
        return await parent.Ask<IActorRef>(Props.Create(() => new Summing()), Soon);
    }

    private sealed class Escalating : SupervisorStrategyConfigurator
    {
        public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Escalate);
    }

    private sealed class Parent : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));
    }

    private sealed class Summing : UntypedActor
    {
        private int _sum;

        public Summing()
        {
        }

        public Summing(Action made)
        {
            made();
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Exception failure:
                    throw failure;
                case int number:
                    _sum += number;
                    break;
                default:
                    Sender.Tell(_sum);
                    break;
            }
        }
    }

    private sealed class NamingItsChild(IActorRef log) : UntypedActor
    {
        protected override void PreStart()
        {
            Context.ActorOf(Props.Create(() => new Child(log)), "child");
            log.Tell("started");
        }

        protected override void OnReceive(object message) => throw new InvalidOperationException("oops");

        private sealed class Child(IActorRef log) : UntypedActor
        {
            protected override void PostStop() => log.Tell("child stopped");

            protected override void OnReceive(object message)
            {
            }
        }
    }
}
