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
    public async Task PipeTo_tells_the_value_with_the_current_actor_as_sender()
    {
        Probe probe = NewProbe();
        Probe piping = NewProbe();

        await piping.Do(_ => Task.FromResult(7).PipeTo(probe.Ref));

        await probe.Expect(7);
        Assert.Equal(piping.Ref, probe.LastSender);
    }

    [Fact]
    public async Task PipeTo_tells_a_failure_and_both_can_be_mapped()
    {
        Probe probe = NewProbe();
        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref);
        Assert.Equal("no", (await probe.Expect<Status.Failure>()).Cause.Message);

        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref, failure: cause => cause.Message);
        await Task.FromResult(1).PipeTo(probe.Ref, success: value => value + 1);
        await Task.CompletedTask.PipeTo(probe.Ref, success: () => "done");

        await probe.Expect("no", 2, "done");
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

    private sealed class RepliesToPath : UntypedActor
    {
        protected override void OnReceive(object message) => Context.ActorSelection(Sender.Path.ToStringWithoutAddress()).Tell("found");
    }
}
