using Akka.Actor;
using Akka.Configuration;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class StrategyTests : ActorTest
{
    [Fact]
    public void The_directives_have_their_numbers()
        => Assert.Equal([0, 1, 2, 3], new[] { Directive.Resume, Directive.Restart, Directive.Escalate, Directive.Stop }.Select(directive => (int)directive));

    [Fact]
    public void The_default_strategy_is_one_for_one_without_a_limit_or_a_window()
    {
        OneForOneStrategy strategy = Assert.IsType<OneForOneStrategy>(SupervisorStrategy.DefaultStrategy);

        Assert.Equal(-1, strategy.MaxNumberOfRetries);
        Assert.Equal(-1, strategy.WithinTimeRangeMilliseconds);
        Assert.Equal(Directive.Restart, strategy.Decider.Decide(new InvalidOperationException()));
    }

    [Fact]
    public void The_default_decider_stops_who_watched_without_handling()
        => Assert.Equal(Directive.Stop, SupervisorStrategy.DefaultDecider.Decide(new DeathPactException(ActorRefs.Nobody)));

    [Fact]
    public void The_stopping_strategy_stops_whatever_has_failed()
        => Assert.Equal(Directive.Stop, SupervisorStrategy.StoppingStrategy.Decider.Decide(new InvalidOperationException()));

    [Fact]
    public void Every_constructor_of_the_one_for_one_strategy_sets_what_it_takes()
    {
        IDecider decider = Decider.From(_ => Directive.Resume);

        Assert.Equal((3, 1500, Directive.Stop), Of(new OneForOneStrategy(3, TimeSpan.FromSeconds(1.5), _ => Directive.Stop)));
        Assert.Equal((3, 1500, Directive.Resume), Of(new OneForOneStrategy(3, TimeSpan.FromSeconds(1.5), decider)));
        Assert.Equal((4, 200, Directive.Stop), Of(new OneForOneStrategy(4, 200, _ => Directive.Stop)));
        Assert.Equal((4, 200, Directive.Stop), Of(new OneForOneStrategy(4, 200, _ => Directive.Stop, loggingEnabled: false)));
        Assert.Equal((4, 200, Directive.Resume), Of(new OneForOneStrategy(4, 200, decider)));
        Assert.Equal((-1, -1, Directive.Stop), Of(new OneForOneStrategy(null, null, _ => Directive.Stop)));
        Assert.Equal((-1, -1, Directive.Stop), Of(new OneForOneStrategy(_ => Directive.Stop)));
        Assert.Equal((-1, -1, Directive.Resume), Of(new OneForOneStrategy(decider)));
        Assert.Equal(7, new OneForOneStrategy(decider).WithMaxNrOfRetries(7).MaxNumberOfRetries);
    }

    [Fact]
    public void Every_constructor_of_the_all_for_one_strategy_sets_what_it_takes()
    {
        IDecider decider = Decider.From(_ => Directive.Resume);

        Assert.Equal((3, 1500, Directive.Stop), Of(new AllForOneStrategy(3, TimeSpan.FromSeconds(1.5), _ => Directive.Stop)));
        Assert.Equal((3, 1500, Directive.Resume), Of(new AllForOneStrategy(3, TimeSpan.FromSeconds(1.5), decider)));
        Assert.Equal((4, 200, Directive.Stop), Of(new AllForOneStrategy(4, 200, _ => Directive.Stop)));
        Assert.Equal((4, 200, Directive.Resume), Of(new AllForOneStrategy(4, 200, decider)));
        Assert.Equal((-1, -1, Directive.Stop), Of(new AllForOneStrategy(null, null, _ => Directive.Stop)));
        Assert.Equal((-1, -1, Directive.Stop), Of(new AllForOneStrategy(_ => Directive.Stop)));
        Assert.Equal((-1, -1, Directive.Resume), Of(new AllForOneStrategy(decider)));
    }

    [Fact]
    public void A_decider_of_pairs_decides_by_type_and_by_default()
    {
        DeployableDecider decider = Decider.From(
            Directive.Escalate,
            KeyValuePair.Create(typeof(InvalidOperationException), Directive.Resume),
            KeyValuePair.Create(typeof(ArgumentException), Directive.Stop));

        Assert.Equal(Directive.Resume, decider.Decide(new InvalidOperationException()));
        Assert.Equal(Directive.Stop, decider.Decide(new ArgumentNullException()));
        Assert.Equal(Directive.Escalate, decider.Decide(new NotSupportedException()));
    }

    [Fact]
    public async Task A_throw_in_the_constructor_is_an_ActorInitializationException_to_the_supervisor()
    {
        Probe seen = NewProbe();
        IActorRef parent = Supervising(seen.Ref);

        await parent.Ask<IActorRef>(Props.Create(() => new BornBroken()), Soon);

        ActorInitializationException failure = await seen.Expect<ActorInitializationException>();
        Assert.Contains("cannot be born", Innermost(failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_throw_in_PreStart_is_an_ActorInitializationException_to_the_supervisor()
    {
        Probe seen = NewProbe();
        IActorRef parent = Supervising(seen.Ref);

        await parent.Ask<IActorRef>(Props.Create(() => new NeverStarted()), Soon);

        Assert.Contains("cannot start", Innermost(await seen.Expect<ActorInitializationException>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_is_an_ActorKilledException_to_the_supervisor()
    {
        Probe seen = NewProbe();
        IActorRef parent = Supervising(seen.Ref);
        IActorRef child = await parent.Ask<IActorRef>(Props.Empty, Soon);

        child.Tell(Kill.Instance);

        await seen.Expect<ActorKilledException>();
    }

    [Fact]
    public async Task A_strategy_of_the_props_wins_over_the_actors_own()
    {
        IActorRef own = System.ActorOf(Props.Create(() => new StopsItsChildren()));
        IActorRef given = System.ActorOf(Props.Create(() => new StopsItsChildren()).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Resume)));
        IActorRef stopped = await own.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);
        IActorRef resumed = await given.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);

        stopped.Tell("fail");
        resumed.Tell("fail");

        Assert.True(await stopped.WatchAsync());
        Assert.Equal("1 failures", await resumed.Ask<string>("count", Soon));
    }

    [Fact]
    public async Task Failures_further_apart_than_the_window_are_not_counted_together()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(1, 50, _ => Directive.Restart)));
        IActorRef child = await parent.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);

        for (int i = 0; i < 3; i++)
        {
            child.Tell("fail");
            Assert.Equal("0 failures", await child.Ask<string>("count", Soon));
            TimeSpan failed = System.Scheduler.MonotonicClock;
            await Exo.Testing.Eventually.True(() => System.Scheduler.MonotonicClock - failed > TimeSpan.FromMilliseconds(100), Soon, "the window has passed");
        }

        Assert.NotNull((await child.Ask<ActorIdentity>(new Identify(1), Soon)).Subject);
    }

    [Fact]
    public async Task No_retries_stop_the_child_at_its_first_failure()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(0, 1000, _ => Directive.Restart)));
        IActorRef child = await parent.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);

        child.Tell("fail");

        Assert.True(await child.WatchAsync());
    }

    [Fact]
    public async Task One_for_one_leaves_the_siblings_alone()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop)));
        IActorRef failing = await parent.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);
        IActorRef sibling = await parent.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);

        failing.Tell("fail");

        Assert.True(await failing.WatchAsync());
        Assert.Equal("0 failures", await sibling.Ask<string>("count", Soon));
    }

    [Fact]
    public async Task All_for_one_resumes_the_siblings_with_their_state()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new AllForOneStrategy(_ => Directive.Resume)));
        IActorRef failing = await parent.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);
        IActorRef sibling = await parent.Ask<IActorRef>(Props.Create(() => new Failing()), Soon);
        sibling.Tell("fail");

        failing.Tell("fail");

        Assert.Equal("1 failures", await failing.Ask<string>("count", Soon));
        Assert.Equal("1 failures", await sibling.Ask<string>("count", Soon));
    }

    [Fact]
    public async Task The_configured_strategy_of_the_user_guardian_counts_for_top_level_actors()
    {
        ActorSystem strict = ActorSystem.Create("strict", ConfigurationFactory.ParseString(
            "akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.actor.guardian-supervisor-strategy = \"Akka.Actor.StoppingSupervisorStrategy\""));
        IActorRef actor = strict.ActorOf(Props.Create(() => new Failing()));

        actor.Tell("fail");

        Assert.True(await actor.WatchAsync());
        await strict.Terminate();
    }

    private static (int Retries, int Window, Directive Decision) Of(SupervisorStrategy strategy) => strategy switch
    {
        OneForOneStrategy one => (one.MaxNumberOfRetries, one.WithinTimeRangeMilliseconds, one.Decider.Decide(new InvalidOperationException())),
        AllForOneStrategy all => (all.MaxNumberOfRetries, all.WithinTimeRangeMilliseconds, all.Decider.Decide(new InvalidOperationException())),
        _ => throw new ArgumentException($"{strategy}", nameof(strategy)),
    };

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;

    private IActorRef Supervising(IActorRef seen)
    {
        Func<Exception, Directive> decide = failure =>
        {
            seen.Tell(failure, ActorRefs.NoSender);
            return Directive.Stop;
        };
        return System.ActorOf(Props.Create(() => new Parent()).WithSupervisorStrategy(new OneForOneStrategy(decide)));
    }

    private class Parent : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));
    }

    private sealed class StopsItsChildren : Parent
    {
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);
    }

    private sealed class Failing : UntypedActor
    {
        private int _failures;

        protected override void OnReceive(object message)
        {
            if (message is "fail")
            {
                _failures++;
                throw new InvalidOperationException("fail");
            }

            Sender.Tell($"{_failures} failures");
        }
    }

    private sealed class BornBroken : UntypedActor
    {
        public BornBroken() => throw new InvalidOperationException("cannot be born");

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class NeverStarted : UntypedActor
    {
        protected override void PreStart() => throw new InvalidOperationException("cannot start");

        protected override void OnReceive(object message)
        {
        }
    }
}
