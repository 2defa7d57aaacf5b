using Akka.Actor;
using Akka.Pattern;
using Akka.TestKit;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Actor;

public sealed class BackoffTests : ActorTest
{
    private static readonly TimeSpan s_min = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_max = TimeSpan.FromMinutes(5);

    public BackoffTests()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
    }

    [Fact]
    public async Task A_failing_child_is_started_again_after_pauses_that_double_up_to_the_longest()
    {
        IActorRef supervisor = System.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Failing, "child", s_min, s_max, 0).WithManualReset()));
        foreach (int minutes in (int[])[1, 2, 4, 5, 5])
        {
            await Fail(supervisor);
            Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromTicks(1));
            Assert.Equal(ActorRefs.Nobody, await Child(supervisor));
            Time.Advance(TimeSpan.FromTicks(1));
            await Running(supervisor);
        }

        supervisor.Tell(BackoffSupervisor.Reset.Instance);
        Assert.Equal(0, (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, Soon)).Count);
    }

    [Fact]
    public async Task A_child_that_stops_is_started_again_and_messages_reach_it_through_the_supervisor()
    {
        IActorRef supervisor = System.ActorOf(BackoffSupervisor.Props(Backoff.OnStop(Failing, "child", s_min, s_max, 0).WithReplyWhileStopped("wait")));
        Assert.Equal("echo", await supervisor.Ask<string>("echo", Soon));
        supervisor.Tell("stop");
        await Eventually.True(async () => await Child(supervisor) is Nobody, Soon, "the child has stopped");
        Assert.Equal("wait", await supervisor.Ask<string>("echo", Soon));
        Time.Advance(s_min);
        await Running(supervisor);
        Assert.Equal("echo", await supervisor.Ask<string>("echo", Soon));
    }

    [Fact]
    public async Task A_child_that_lives_long_enough_begins_with_the_shortest_pause_again()
    {
        IActorRef supervisor = System.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Failing, "child", s_min, s_max, 0).WithAutoReset(TimeSpan.FromMinutes(3))));
        await Fail(supervisor);
        Time.Advance(s_min);
        await Running(supervisor);
        Time.Advance(TimeSpan.FromMinutes(3));
        await Eventually.True(
            async () => (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, Soon)).Count == 0, Soon, "the count is zero again");
    }

    [Fact]
    public async Task The_supervisor_stops_when_the_retries_run_out_or_the_final_message_has_come()
    {
        Probe probe = NewProbe();
        IActorRef tired = System.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Failing, "child", s_min, s_max, 0, 0)));
        IActorRef done = System.ActorOf(BackoffSupervisor.Props(Backoff.OnStop(Failing, "child", s_min, s_max, 0).WithFinalStopMessage(message => message is "stop")));
        await probe.Do(context => context.Watch(tired));
        tired.Tell("fail");
        Assert.Equal(tired, (await probe.Expect<Terminated>()).ActorRef);
        await probe.Do(context => context.Watch(done));
        done.Tell("stop");
        Assert.Equal(done, (await probe.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public void Pauses_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Backoff.OnStop(Failing, "child", TimeSpan.Zero, s_max, 0));
        Assert.Throws<ArgumentException>(() => Backoff.OnStop(Failing, "child", s_max, s_min, 0));
        Assert.Throws<ArgumentException>(() => Backoff.OnStop(Failing, "child", s_min, s_max, 2));
    }

    private TestScheduler Time => Assert.IsType<TestScheduler>(System.Scheduler);

    private static Props Failing => Props.Create(() => new Worker());

    private static async Task<IActorRef> Child(IActorRef supervisor) =>
        (await supervisor.Ask<BackoffSupervisor.CurrentChild>(BackoffSupervisor.GetCurrentChild.Instance, Soon)).Ref;

    private static Task Running(IActorRef supervisor) => Eventually.True(async () => await Child(supervisor) is not Nobody, Soon, "the child runs");

    private static async Task Fail(IActorRef supervisor)
    {
        supervisor.Tell("fail");
        await Eventually.True(async () => await Child(supervisor) is Nobody, Soon, "the child has ended");
    }

    private sealed class Worker : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "fail":
                    throw new InvalidOperationException("fail");
                case "stop":
                    Context.Stop(Self);
                    break;
                default:
                    Sender.Tell(message);
                    break;
            }
        }
    }
}
