using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class AskTests : ActorTest
{
    [Fact]
    public async Task The_first_reply_completes_the_task_and_later_ones_are_dead_letters()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));

        Assert.Equal("one", await Replying("one", "two").Ask<string>("go", Soon));

        Assert.Equal("two", (await dead.Expect<Akka.Event.DeadLetter>()).Message);
    }

    [Fact]
    public async Task No_reply_in_time_is_an_AskTimeoutException()
    {
        AskTimeoutException thrown = await Assert.ThrowsAsync<AskTimeoutException>(
            () => Replying().Ask<string>("go", TimeSpan.FromMilliseconds(50)));

        Assert.Equal("Timeout after 0.05 seconds", thrown.Message);
    }

    [Fact]
    public async Task A_cancelled_token_cancels_the_task()
    {
        using CancellationTokenSource source = new();
        Task<string> reply = Replying().Ask<string>("go", source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<TaskCanceledException>(() => reply);
    }

    [Fact]
    public async Task A_reply_of_another_type_is_an_ArgumentException()
        => await Assert.ThrowsAsync<ArgumentException>(() => Replying(5).Ask<string>("go", Soon));

    [Fact]
    public async Task A_Status_Failure_is_its_cause()
    {
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Replying(new Status.Failure(new InvalidOperationException("no"))).Ask<string>("go", Soon));

        Assert.Equal("no", thrown.Message);
    }

    [Fact]
    public async Task Asked_for_any_object_a_Status_Failure_is_the_result()
    {
        object reply = await Replying(new Status.Failure(new InvalidOperationException("no"))).Ask("go", Soon);

        Assert.IsType<Status.Failure>(reply);
    }

    [Fact]
    public async Task Asking_a_dead_actor_waits_for_the_timeout()
    {
        IActorRef actor = Replying("one");
        Assert.True(await actor.GracefulStop(Soon));

        await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("go", TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public async Task The_message_factory_gets_the_reference_that_takes_the_reply()
    {
        IActorRef forwarding = System.ActorOf(Props.Create(() => new Answering()));

        string reply = await forwarding.Ask<string>(self => (self, "yours"), Soon, CancellationToken.None);

        Assert.Equal("yours", reply);
    }

    [Fact]
    public async Task The_temporary_reference_can_be_found_by_its_path_while_it_waits()
    {
        IActorRef asked = System.ActorOf(Props.Create(() => new RepliesToPath()));

        Assert.Equal("found", await asked.Ask<string>("go", Soon));
    }

    [Fact]
    public async Task An_answer_may_be_null()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new AnsweringNull()));

        Assert.Null(await actor.Ask<string>("go", Soon));
    }

    [Fact]
    public async Task Every_form_of_an_ask_brings_the_answer()
    {
        IActorRef actor = Replying("answer");
        using CancellationTokenSource source = new();

        Assert.Equal("answer", await actor.Ask("go"));
        Assert.Equal("answer", await actor.Ask("go", Soon));
        Assert.Equal("answer", await actor.Ask("go", source.Token));
        Assert.Equal("answer", await actor.Ask("go", Soon, source.Token));
        Assert.Equal("answer", await actor.Ask<string>("go"));
        Assert.Equal("answer", await actor.Ask<string>("go", source.Token));
        Assert.Equal("answer", await actor.Ask<string>("go", Soon, source.Token));
    }

    [Fact]
    public async Task A_selection_can_be_asked()
        => Assert.Equal("answer", await System.ActorSelection(Replying("answer").Path).Ask<string>("go", Soon));

    [Fact]
    public async Task Without_a_timeout_the_configured_one_counts()
    {
        ActorSystem impatient = ActorSystem.Create(
            "impatient", Akka.Configuration.ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.actor.ask-timeout = 30ms"));

        AskTimeoutException thrown = await Assert.ThrowsAsync<AskTimeoutException>(() => impatient.ActorOf(Props.Empty).Ask<string>("go"));

        Assert.Equal("Timeout after 0.03 seconds", thrown.Message);
        await impatient.Terminate();
    }

    [Fact]
    public void By_default_an_ask_waits_for_ever() => Assert.Equal(Timeout.InfiniteTimeSpan, System.Settings.AskTimeout);

    [Fact]
    public async Task Continuations_do_not_run_on_the_replying_actors_stack()
    {
        using ManualResetEventSlim replied = new();
        Action wentOn = replied.Set;
        IActorRef actor = System.ActorOf(Props.Create<RepliesThenGoesOn>(wentOn));

        // Would never end on the actor's own stack, which goes on only after this continuation.
        Task<bool> continued = actor.Ask<string>("go", Soon).ContinueWith(
            _ => replied.Wait(Soon), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        Assert.True(await continued);
    }

    [Fact]
    public async Task A_failure_without_a_cause_is_a_cancelled_task()
        => await Assert.ThrowsAnyAsync<TaskCanceledException>(() => Replying(new Status.Failure(null)).Ask<string>("go", Soon));

    [Fact]
    public async Task An_asked_status_success_is_a_message_like_any_other()
    {
        Status.Success reply = await Replying(new Status.Success(3)).Ask<Status.Success>("go", Soon);

        Assert.Equal(3, reply.Status);
    }

    private IActorRef Replying(params object[] replies)
    {
        object[] given = replies;
        return System.ActorOf(Props.Create<Replies>([given]));
    }

    private sealed class Replies(object[] replies) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            foreach (object reply in replies)
                Sender.Tell(reply);
        }
    }

    private sealed class Answering : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            (IActorRef replyTo, string text) = ((IActorRef, string))message;
            replyTo.Tell(text);
        }
    }

    private sealed class AnsweringNull : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(null);
    }

    private sealed class RepliesThenGoesOn(Action wentOn) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            Sender.Tell("answer");
            wentOn();
        }
    }

    private sealed class RepliesToPath : UntypedActor
    {
        protected override void OnReceive(object message) => ((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(Sender.Path).Tell("found");
    }
}
