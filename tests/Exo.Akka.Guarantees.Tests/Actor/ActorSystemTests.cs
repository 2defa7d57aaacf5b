using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ActorSystemTests : ActorTest
{
    [Fact]
    public async Task A_message_reaches_the_actor_with_its_sender()
    {
        Probe probe = NewProbe();
        IActorRef echo = System.ActorOf(Props.Create(() => new Echo()), "echo");

        echo.Tell("hello", probe.Ref);

        await probe.Expect("hello");
        Assert.Equal(echo, probe.LastSender);
    }

    [Fact]
    public void A_reference_prints_its_path_and_uid()
    {
        IActorRef echo = System.ActorOf(Props.Create(() => new Echo()), "e");

        Assert.Equal($"[akka://test/user/e#{echo.Path.Uid}]", echo.ToString());
    }

    [Theory]
    [InlineData("under_score")]
    [InlineData("dot.ted")]
    [InlineData("")]
    [InlineData("-leading")]
    public void A_bad_system_name_is_refused(string name) => Assert.Throws<ArgumentException>(() => ActorSystem.Create(name));

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void A_bad_actor_name_is_refused(string name)
        => Assert.Throws<InvalidActorNameException>(() => System.ActorOf(Props.Create(() => new Echo()), name));

    [Fact]
    public void A_name_in_use_is_refused()
    {
        System.ActorOf(Props.Create(() => new Echo()), "e");

        InvalidActorNameException thrown = Assert.Throws<InvalidActorNameException>(() => System.ActorOf(Props.Create(() => new Echo()), "e"));

        Assert.Equal("Actor name \"e\" is not unique!", thrown.Message);
    }

    [Fact]
    public async Task A_null_message_is_refused()
    {
        IActorRef echo = System.ActorOf(Props.Create(() => new Echo()));
        Assert.Equal("ready", await echo.Ask<string>("ready", Soon));

        Assert.Throws<ArgumentNullException>(() => echo.Tell(null, ActorRefs.NoSender));
    }

    [Fact]
    public async Task After_termination_no_actor_can_be_made()
    {
        await System.Terminate();

        Assert.Throws<InvalidOperationException>(() => System.ActorOf(Props.Create(() => new Echo())));
    }

    [Fact]
    public async Task WhenTerminated_completes_after_the_last_PostStop()
    {
        bool stopped = false;
        Action stop = () => stopped = true;
        System.ActorOf(Props.Create<Stopping>(stop));

        await System.Terminate();

        Assert.True(stopped);
        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Termination_callbacks_run_once_the_last_first()
    {
        ConcurrentQueue<int> order = new();
        System.RegisterOnTermination(() => order.Enqueue(1));
        System.RegisterOnTermination(() => order.Enqueue(2));

        await System.Terminate();
        await System.Terminate();

        await Eventually.True(() => order.Count >= 2, Soon, "both have run");
        Assert.Equal([2, 1], order);
    }

    [Fact]
    public void Constructing_an_actor_with_new_is_refused() => Assert.Throws<ActorInitializationException>(() => new Echo());

    [Fact]
    public void An_unknown_provider_is_named_in_the_error()
    {
        ConfigurationException thrown = Assert.Throws<ConfigurationException>(
            () => ActorSystem.Create("bad", ConfigurationFactory.ParseString("akka.actor.provider = \"No.Such.Provider\"")));

        Assert.Contains("No.Such.Provider", thrown.Message, StringComparison.Ordinal);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Stopping(Action stopped) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => stopped();
    }
}
