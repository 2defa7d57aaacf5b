using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class PipeToTests : ActorTest
{
    [Fact]
    public async Task The_value_is_told_with_the_given_sender()
    {
        Probe probe = NewProbe();
        Probe sender = NewProbe();

        await Task.FromResult(7).PipeTo(probe.Ref, sender.Ref);

        await probe.Expect(7);
        Assert.Equal(sender.Ref, probe.LastSender);
    }

    [Fact]
    public async Task Without_a_sender_nobody_has_sent_the_value()
    {
        Probe probe = NewProbe();
        Probe piping = NewProbe();

        await piping.Do(_ => Task.FromResult(7).PipeTo(probe.Ref));

        await probe.Expect(7);
        Assert.True(probe.LastSender.IsNobody());
    }

    [Fact]
    public async Task A_fault_is_a_Status_Failure()
    {
        Probe probe = NewProbe();

        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref);

        Assert.Equal("no", Assert.IsType<InvalidOperationException>((await probe.Expect<Status.Failure>()).Cause).Message);
    }

    [Fact]
    public async Task A_cancelled_task_is_a_Status_Failure()
    {
        Probe probe = NewProbe();

        await Task.FromCanceled<int>(new CancellationToken(canceled: true)).PipeTo(probe.Ref);

        Assert.IsAssignableFrom<OperationCanceledException>((await probe.Expect<Status.Failure>()).Cause);
    }

    [Fact]
    public async Task Value_and_failure_can_be_mapped()
    {
        Probe probe = NewProbe();

        await Task.FromResult(1).PipeTo(probe.Ref, success: value => value + 1);
        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref, failure: cause => cause.Message);

        await probe.Expect(2, "no");
    }

    [Fact]
    public async Task A_task_without_a_value_tells_what_success_makes_and_nothing_without_it()
    {
        Probe probe = NewProbe();

        await Task.CompletedTask.PipeTo(probe.Ref);
        await Task.CompletedTask.PipeTo(probe.Ref, success: () => "done");
        await Task.FromException(new InvalidOperationException("no")).PipeTo(probe.Ref, failure: cause => cause.Message);

        await probe.Expect("done", "no");
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Value_tasks_are_piped_too()
    {
        Probe probe = NewProbe();

        await ValueTask.FromResult(1).PipeTo(probe.Ref);
        await ValueTask.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref, failure: cause => cause.Message);
        await ValueTask.CompletedTask.PipeTo(probe.Ref, success: () => "done");

        await probe.Expect(1, "no", "done");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_form_takes_useConfigureAwait(bool useConfigureAwait)
    {
        Probe probe = NewProbe();

        await Task.FromResult(1).PipeTo(probe.Ref, useConfigureAwait);
        await ValueTask.FromResult(2).PipeTo(probe.Ref, useConfigureAwait);
        await Task.CompletedTask.PipeTo(probe.Ref, useConfigureAwait, success: () => 3);
        await ValueTask.CompletedTask.PipeTo(probe.Ref, useConfigureAwait, success: () => 4);

        await probe.Expect(1, 2, 3, 4);
    }

    [Fact]
    public async Task The_actor_goes_on_while_what_it_pipes_is_under_way()
    {
        Probe log = NewProbe();
        TaskCompletionSource<string> gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new Piping(gate.Task, log.Ref)));

        actor.Tell("pipe");
        actor.Tell("meanwhile");
        await log.Expect("meanwhile");
        gate.SetResult("at last");

        await log.Expect("at last");
    }

    private sealed class Piping(Task<string> task, IActorRef log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "pipe")
                _ = task.PipeTo(Self, Self);
            else
                log.Tell(message);
        }
    }
}
