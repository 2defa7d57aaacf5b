using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ContextTests : ActorTest
{
    [Fact]
    public async Task A_context_knows_its_actor_its_parent_and_its_system()
    {
        Probe probe = NewProbe();

        await probe.Do(context =>
        {
            Assert.Equal(probe.Ref, context.Self);
            Assert.Equal("akka://test/user", context.Parent.Path.ToString());
            Assert.Same(System, context.System);
            Assert.NotNull(context.Dispatcher);
            Assert.Null(context.ReceiveTimeout);
            Assert.NotNull(context.Props.Type);
        });
    }

    [Fact]
    public async Task A_child_is_found_by_its_name_and_nobody_by_another()
    {
        Probe probe = NewProbe();

        await probe.Do(context =>
        {
            IActorRef child = context.ActorOf(Props.Empty, "child");

            Assert.Equal(child, context.Child("child"));
            Assert.True(context.Child("other").IsNobody());
            Assert.Equal([child], context.GetChildren());
        });
    }

    [Fact]
    public async Task A_stopped_child_is_no_child_once_its_end_is_known()
    {
        Probe probe = NewProbe();
        await probe.Do(context => context.Stop(context.Watch(context.ActorOf(Props.Empty, "child"))));
        await probe.Expect<Terminated>();

        await probe.Do(context =>
        {
            Assert.Empty(context.GetChildren());
            Assert.True(context.Child("child").IsNobody());
        });
    }

    [Fact]
    public async Task Watch_WatchWith_and_Unwatch_return_the_one_they_were_given()
    {
        Probe probe = NewProbe();
        IActorRef one = System.ActorOf(Props.Empty);
        IActorRef other = System.ActorOf(Props.Empty);

        await probe.Do(context =>
        {
            Assert.Same(one, context.Watch(one));
            Assert.Same(other, context.WatchWith(other, "gone"));
            Assert.Same(one, context.Unwatch(one));
        });
    }

    [Fact]
    public async Task The_receive_timeout_can_be_read_back()
    {
        Probe probe = NewProbe();

        await probe.Do(context =>
        {
            context.SetReceiveTimeout(TimeSpan.FromHours(1));
            Assert.Equal(TimeSpan.FromHours(1), context.ReceiveTimeout);
            context.SetReceiveTimeout(null);
            Assert.Null(context.ReceiveTimeout);
        });
    }

    [Fact]
    public async Task The_hooks_around_see_every_step_before_the_actor_does()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Around(log.Ref)));
        await log.Expect("around PreStart", "PreStart");

        actor.Tell("hello");
        await log.Expect("around hello", "hello");
        actor.Tell(new InvalidOperationException("fail"));
        await log.Expect("around InvalidOperationException", "around PreRestart fail", "PreRestart", "around PostRestart fail", "PostRestart");
        actor.Tell(PoisonPill.Instance);
        await log.Expect("around PostStop", "PostStop");
    }

    [Fact]
    public async Task A_hook_around_may_keep_a_message_from_the_actor()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Around(log.Ref)));

        actor.Tell("secret");
        actor.Tell("open");

        await log.Expect("around PreStart", "PreStart", "around secret", "around open", "open");
    }

    private sealed class Around(IActorRef log) : UntypedActor
    {
        public override void AroundPreStart()
        {
            log.Tell("around PreStart");
            base.AroundPreStart();
        }

        public override void AroundPostStop()
        {
            log.Tell("around PostStop");
            base.AroundPostStop();
        }

        public override void AroundPreRestart(Exception cause, object message)
        {
            log.Tell($"around PreRestart {cause.Message}");
            base.AroundPreRestart(cause, message);
        }

        public override void AroundPostRestart(Exception cause, object message)
        {
            log.Tell($"around PostRestart {cause.Message}");
            base.AroundPostRestart(cause, message);
        }

        protected override bool AroundReceive(Receive receive, object message)
        {
            log.Tell($"around {(message is Exception ? message.GetType().Name : message)}");
            return message is "secret" || base.AroundReceive(receive, message);
        }

        protected override void PreStart() => log.Tell("PreStart");

        protected override void PostStop() => log.Tell("PostStop");

        protected override void PreRestart(Exception reason, object message) => log.Tell("PreRestart");

        protected override void PostRestart(Exception reason) => log.Tell("PostRestart");

        protected override void OnReceive(object message)
        {
            if (message is Exception failure)
                throw failure;
            log.Tell(message);
        }
    }
}
