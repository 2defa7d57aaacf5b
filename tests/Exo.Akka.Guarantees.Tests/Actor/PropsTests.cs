using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class PropsTests : ActorTest
{
    [Fact]
    public void What_is_no_construction_is_refused() => Assert.Throws<InvalidCastException>(() => Props.Create(() => Make()));

    [Fact]
    public async Task The_arguments_are_evaluated_once_and_reused_by_every_incarnation()
    {
        int calls = 0;
        Func<int> next = () => ++calls;
        Props props = Props.Create(() => new Holding(next()));
        IActorRef actor = System.ActorOf(props);
        Assert.Equal(1, await actor.Ask<int>("value", Soon));

        actor.Tell("fail");

        Assert.Equal(1, await actor.Ask<int>("value", Soon));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_constructor_that_does_not_match_fails_at_creation()
    {
        Probe probe = NewProbe();
        Props props = Props.Create<Holding>("not a number");

        IActorRef actor = System.ActorOf(props);
        await probe.Do(context => context.Watch(actor));

        await probe.Expect<Terminated>();
    }

    [Fact]
    public async Task A_producer_makes_each_incarnation()
    {
        Producer producer = new();
        IActorRef actor = System.ActorOf(Props.CreateBy(producer));
        Assert.Equal(1, await actor.Ask<int>("value", Soon));

        actor.Tell("fail");

        Assert.Equal(2, await actor.Ask<int>("value", Soon));
        Assert.Equal(1, producer.Released);
    }

    [Fact]
    public void With_returns_a_copy()
    {
        Props props = Props.Create(() => new Holding(1));

        Props changed = props.WithDispatcher("other").WithMailbox("box").WithStashCapacity(3);

        Assert.Equal("akka.actor.default-dispatcher", props.Dispatcher);
        Assert.Equal("other", changed.Dispatcher);
        Assert.Equal("box", changed.Mailbox);
        Assert.Equal(3, changed.Deploy.StashCapacity);
        Assert.Equal(props.Type, changed.Type);
    }

    [Theory]
    [InlineData("generic")]
    [InlineData("generic, expression")]
    [InlineData("type")]
    public async Task Props_are_made_from_a_type_and_its_arguments_or_an_expression(string way)
    {
        Type type = typeof(Holding);
        Props props = way switch
        {
            "generic" => Props.Create<Holding>(7),
            "type" => Props.Create(type, 7),
            _ => Props.Create(() => new Holding(7)),
        };

        Assert.Equal(typeof(Holding), props.Type);
        Assert.Equal([7], props.Arguments);
        Assert.Contains(nameof(Holding), props.TypeName, StringComparison.Ordinal);
        Assert.Equal(7, await System.ActorOf(props).Ask<int>("value", Soon));
    }

    [Fact]
    public async Task A_producer_is_made_from_its_type_and_arguments()
        => Assert.Equal(11, await System.ActorOf(Props.CreateBy<Counter>(10)).Ask<int>("value", Soon));

    [Fact]
    public void A_strategy_given_with_the_props_is_theirs()
    {
        SupervisorStrategy strategy = new OneForOneStrategy(_ => Directive.Stop);

        Assert.Same(strategy, Props.Create<Idle>(strategy).SupervisorStrategy);
        Assert.Same(strategy, Props.Create(() => new Holding(1), strategy).SupervisorStrategy);
        Assert.Same(strategy, Props.Empty.WithSupervisorStrategy(strategy).SupervisorStrategy);
    }

    [Fact]
    public async Task Empty_props_make_an_actor_that_takes_anything_without_a_word()
    {
        Probe lost = NewProbe();
        System.EventStream.Subscribe(lost.Ref, typeof(Akka.Event.AllDeadLetters));
        IActorRef actor = System.ActorOf(Props.Empty);

        actor.Tell("anything");
        await actor.Ask<ActorIdentity>(new Identify(1), Soon);

        await lost.ExpectNothingMore();
    }

    [Fact]
    public void No_props_are_null() => Assert.Null(Props.None);

    [Fact]
    public void With_leaves_the_original_as_it_was()
    {
        Props props = Props.Create(() => new Holding(1));

        _ = props.WithDeploy(Deploy.Local.WithDispatcher("other"));
        _ = props.WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));

        Assert.Equal("akka.actor.default-dispatcher", props.Dispatcher);
        Assert.Null(props.SupervisorStrategy);
    }

    [Fact]
    public void A_type_that_is_no_actor_is_refused() => Assert.Throws<ArgumentException>(() => Props.Create(typeof(string)));

    private static Holding Make() => new(1);

    private sealed class Holding(int value) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("oops");
            Sender.Tell(value);
        }
    }

    private sealed class Idle : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Counter(int from) : IIndirectActorProducer
    {
        private int _made = from;

        public Type ActorType => typeof(Holding);

        public ActorBase Produce() => new Holding(++_made);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Producer : IIndirectActorProducer
    {
        private int _made;

        public int Released { get; private set; }

        public Type ActorType => typeof(Holding);

        public ActorBase Produce() => new Holding(++_made);

        public void Release(ActorBase actor) => Released++;
    }
}
