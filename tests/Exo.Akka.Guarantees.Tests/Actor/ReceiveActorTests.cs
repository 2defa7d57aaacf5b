using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ReceiveActorTests : ActorTest
{
    [Fact]
    public async Task The_first_handler_whose_type_and_predicate_match_wins()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Sorting()));

        Assert.Equal("small", await actor.Ask<string>(3, Soon));
        Assert.Equal("number", await actor.Ask<string>(30, Soon));
        Assert.Equal("text", await actor.Ask<string>("x", Soon));
        Assert.Equal("any", await actor.Ask<string>(1.5, Soon));
    }

    [Fact]
    public async Task Become_replaces_BecomeStacked_pushes_and_Unbecome_never_pops_the_initial_behaviour()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Moods()));

        actor.Tell("pop");
        Assert.Equal("initial", await actor.Ask<string>("?", Soon));
        actor.Tell("push");
        Assert.Equal("pushed", await actor.Ask<string>("?", Soon));
        actor.Tell("replace");
        Assert.Equal("replaced", await actor.Ask<string>("?", Soon));
        actor.Tell("pop");
        Assert.Equal("initial", await actor.Ask<string>("?", Soon));
    }

    [Fact]
    public async Task A_restart_brings_the_initial_behaviour_back()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Moods()));
        actor.Tell("push");

        actor.Tell("fail");

        Assert.Equal("initial", await actor.Ask<string>("?", Soon));
    }

    [Fact]
    public async Task A_behaviour_chosen_in_the_constructor_is_the_first_one()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new BornDifferent()));

        Assert.Equal("chosen", await actor.Ask<string>("?", Soon));
    }

    [Fact]
    public async Task After_ReceiveAny_no_further_handler_may_be_declared()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new TooMany()));

        await probe.Do(context => context.Watch(actor));

        await probe.Expect<Terminated>();
    }

    [Fact]
    public async Task An_asynchronous_handler_keeps_sender_and_context_and_lets_no_message_pass_it()
    {
        Probe probe = NewProbe();
        TaskCompletionSource<string> gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new Patient(gate.Task)));

        actor.Tell("wait", probe.Ref);
        actor.Tell(5, probe.Ref);
        gate.SetResult("opened");

        await probe.Expect("opened");
        Assert.Equal(actor, probe.LastSender);
        await probe.Expect(5);
    }

    [Fact]
    public async Task While_an_asynchronous_handler_waits_the_actor_can_be_stopped()
    {
        TaskCompletionSource<string> never = new();
        IActorRef actor = System.ActorOf(Props.Create(() => new Patient(never.Task)));
        actor.Tell("wait");

        System.Stop(actor);

        Assert.True(await actor.WatchAsync());
    }

    [Fact]
    public async Task An_exception_of_an_asynchronous_handler_fails_the_actor()
    {
        Probe probe = NewProbe();
        Task<string> broken = Task.Run(async () =>
        {
            await Task.Yield();
            return (string)null ?? throw new InvalidOperationException("broken");
        });
        IActorRef actor = System.ActorOf(Props.Create(() => new Patient(broken)));
        actor.Tell("set", probe.Ref);
        await probe.Expect("set");

        actor.Tell("wait", probe.Ref);
        actor.Tell("get", probe.Ref);

        await probe.Expect("restarted");
    }

    private sealed class Sorting : ReceiveActor
    {
        public Sorting()
        {
            Receive<int>(number => Sender.Tell("small"), number => number < 10);
            Receive<int>(number => Sender.Tell("number"));
            Receive<string>(_ => Sender.Tell("text"));
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class Moods : ReceiveActor
    {
        public Moods()
        {
            Mood("initial");
        }

        private void Mood(string name)
        {
            Receive<string>(text => text == "?", _ => Sender.Tell(name));
            Receive<string>(text => text == "push", _ => BecomeStacked(() => Mood("pushed")));
            Receive<string>(text => text == "replace", _ => Become(() => Mood("replaced")));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException("oops"));
        }
    }

    private sealed class BornDifferent : ReceiveActor
    {
        public BornDifferent()
        {
            ReceiveAny(_ => Sender.Tell("initial"));
            Become(() => ReceiveAny(_ => Sender.Tell("chosen")));
        }
    }

    private sealed class TooMany : ReceiveActor
    {
        public TooMany()
        {
            ReceiveAny(_ => { });
            Receive<string>(_ => { });
        }
    }

    private sealed class Patient : ReceiveActor
    {
        private string _state = "restarted";

        public Patient(Task<string> gate)
        {
            ReceiveAsync<string>(
                async _ =>
                {
                    string result = await gate;
                    Context.Sender.Tell(result, Self);
                },
                text => text == "wait");
            Receive<string>(
                text =>
                {
                    _state = "set";
                    Sender.Tell(_state);
                },
                text => text == "set");
            Receive<string>(_ => Sender.Tell(_state));
            Receive<int>(number => Sender.Tell(number));
        }
    }
}
