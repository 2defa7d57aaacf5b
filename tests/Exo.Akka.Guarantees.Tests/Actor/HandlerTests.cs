using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

/// <summary>Each way to declare a handler.</summary>
public sealed class HandlerTests : ActorTest
{
    [Theory]
    [InlineData(1, "predicate first")]
    [InlineData(2, "action first")]
    [InlineData(3, "function")]
    [InlineData(4, "type and predicate")]
    [InlineData(5, "type and action")]
    [InlineData(6, "type and function")]
    [InlineData(7, "async, predicate first")]
    [InlineData(8, "async, action first")]
    [InlineData(9, "async, type and predicate")]
    [InlineData(10, "async, type and action")]
    [InlineData(11, "any")]
    public async Task Each_form_of_a_handler_takes_what_it_was_declared_for(int number, string form)
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new EveryForm()));

        Assert.Equal(form, await actor.Ask<string>(number, Soon));
    }

    [Fact]
    public async Task ReceiveAnyAsync_takes_all_that_is_left()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new AnyLater()));

        Assert.Equal("first", await actor.Ask<string>("text", Soon));
        Assert.Equal("later", await actor.Ask<string>(1.5, Soon));
    }

    [Fact]
    public async Task A_function_that_says_false_leaves_the_message_to_the_next_handler()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Declining()));

        Assert.Equal("second", await actor.Ask<string>(1, Soon));
        Assert.Equal("first", await actor.Ask<string>(2, Soon));
    }

    [Fact]
    public async Task A_handler_for_a_base_type_takes_its_subtypes()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new BaseType()));

        Assert.Equal("exception", await actor.Ask<string>(new InvalidOperationException("x"), Soon));
    }

    [Fact]
    public async Task A_handler_declared_after_the_constructor_is_an_InvalidOperationException()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new DeclaringLate()));

        Assert.Equal(nameof(InvalidOperationException), await actor.Ask<string>("now", Soon));
    }

    [Fact]
    public async Task A_handler_declared_after_ReceiveAny_is_an_InvalidOperationException()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new DeclaringTooMuch()));

        Assert.Equal(nameof(InvalidOperationException), await actor.Ask<string>("what", Soon));
    }

    [Fact]
    public async Task A_message_without_a_handler_is_unhandled_with_its_sender_and_recipient()
    {
        Probe unhandled = NewProbe();
        Probe sender = NewProbe();
        System.EventStream.Subscribe<UnhandledMessage>(unhandled.Ref);
        IActorRef actor = System.ActorOf(Props.Create(() => new BaseType()));

        actor.Tell("no handler", sender.Ref);

        UnhandledMessage message = await unhandled.Expect<UnhandledMessage>();
        Assert.Equal("no handler", message.Message);
        Assert.Equal(sender.Ref, message.Sender);
        Assert.Equal(actor, message.Recipient);
    }

    [Fact]
    public async Task Unhandled_may_be_overridden()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Excusing()));

        Assert.Equal("sorry, no 5", await actor.Ask<string>(5, Soon));
    }

    [Fact]
    public async Task An_actor_that_says_false_leaves_the_message_unhandled()
    {
        Probe unhandled = NewProbe();
        System.EventStream.Subscribe<UnhandledMessage>(unhandled.Ref);
        IActorRef actor = System.ActorOf(Props.Create(() => new Deaf()));

        actor.Tell("anyone?");

        Assert.Equal("anyone?", (await unhandled.Expect<UnhandledMessage>()).Message);
    }

    [Fact]
    public async Task Auto_received_messages_never_reach_an_actors_own_code()
    {
        Probe log = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Telling(log.Ref)));

        await actor.Ask<ActorIdentity>(new Identify(1), Soon);
        System.ActorSelection(actor.Path).Tell("selected");
        await log.Expect("selected");
        actor.Tell(Kill.Instance);
        await actor.WatchAsync();
        IActorRef other = System.ActorOf(Props.Create(() => new Telling(log.Ref)));
        other.Tell(PoisonPill.Instance);
        await other.WatchAsync();

        await log.ExpectNothingMore();
    }

    [Fact]
    public async Task Untyped_actors_change_their_behaviour_with_functions()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Untyped()));

        Assert.Equal("initial", await actor.Ask<string>("?", Soon));
        Assert.Equal("pushed", await actor.Ask<string>("push", Soon));
        Assert.Equal("pushed", await actor.Ask<string>("?", Soon));
        Assert.Equal("popped", await actor.Ask<string>("pop", Soon));
        Assert.Equal("initial", await actor.Ask<string>("?", Soon));
        Assert.Equal("replaced", await actor.Ask<string>("replace", Soon));
        Assert.Equal("replaced", await actor.Ask<string>("?", Soon));
    }

    [Fact]
    public async Task RunTask_holds_other_messages_back_until_its_task_has_ended()
    {
        Probe log = NewProbe();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new RunningTasks(gate.Task, log.Ref)));

        actor.Tell("task");
        actor.Tell("next");
        await log.Expect("begun");
        gate.SetResult();

        await log.Expect("ended", "next");
    }

    private sealed class EveryForm : ReceiveActor
    {
        public EveryForm()
        {
            Receive<int>(number => number == 1, _ => Sender.Tell("predicate first"));
            Receive<int>(_ => Sender.Tell("action first"), number => number == 2);
            Receive<int>(number =>
            {
                if (number != 3)
                    return false;
                Sender.Tell("function");
                return true;
            });
            Receive(typeof(int), number => 4.Equals(number), _ => Sender.Tell("type and predicate"));
            Receive(typeof(int), _ => Sender.Tell("type and action"), number => 5.Equals(number));
            Receive(typeof(int), number =>
            {
                if (!6.Equals(number))
                    return false;
                Sender.Tell("type and function");
                return true;
            });
            ReceiveAsync<int>(number => number == 7, _ => Later("async, predicate first"));
            ReceiveAsync<int>(_ => Later("async, action first"), number => number == 8);
            ReceiveAsync(typeof(int), number => 9.Equals(number), _ => Later("async, type and predicate"));
            ReceiveAsync(typeof(int), _ => Later("async, type and action"), number => 10.Equals(number));
            ReceiveAny(_ => Sender.Tell("any"));
        }

        private async Task Later(string text)
        {
            await Task.Yield();
            Sender.Tell(text);
        }
    }

    private sealed class AnyLater : ReceiveActor
    {
        public AnyLater()
        {
            Receive<string>(_ => Sender.Tell("first"));
            ReceiveAnyAsync(async _ =>
            {
                await Task.Yield();
                Sender.Tell("later");
            });
        }
    }

    private sealed class Declining : ReceiveActor
    {
        public Declining()
        {
            Receive<int>(number =>
            {
                if (number == 1)
                    return false;
                Sender.Tell("first");
                return true;
            });
            Receive<int>(_ => Sender.Tell("second"));
        }
    }

    private sealed class BaseType : ReceiveActor
    {
        public BaseType() => Receive<Exception>(_ => Sender.Tell("exception"));
    }

    private sealed class DeclaringLate : ReceiveActor
    {
        public DeclaringLate() => Receive<string>(_ =>
        {
            try
            {
                Receive<int>(_ => { });
                Sender.Tell("declared");
            }
            catch (InvalidOperationException refused)
            {
                Sender.Tell(refused.GetType().Name);
            }
        });
    }

    private sealed class DeclaringTooMuch : ReceiveActor
    {
        public DeclaringTooMuch()
        {
            string caught = "nothing";
            ReceiveAny(_ => Sender.Tell(caught));
            try
            {
                Receive<string>(_ => { });
            }
            catch (InvalidOperationException refused)
            {
                caught = refused.GetType().Name;
            }
        }
    }

    private sealed class Excusing : ReceiveActor
    {
        protected override void Unhandled(object message) => Sender.Tell($"sorry, no {message}");
    }

    private sealed class Deaf : ActorBase
    {
        protected override bool Receive(object message) => false;
    }

    private sealed class Telling : ReceiveActor
    {
        public Telling(IActorRef log) => ReceiveAny(message => log.Tell(message));
    }

    private sealed class Untyped : UntypedActor
    {
        protected override void OnReceive(object message) => React("initial", message);

        private void React(string mood, object message)
        {
            switch (message)
            {
                case "push":
                    BecomeStacked(next => React("pushed", next));
                    Sender.Tell("pushed");
                    break;
                case "replace":
                    Become(next => React("replaced", next));
                    Sender.Tell("replaced");
                    break;
                case "pop":
                    UnbecomeStacked();
                    Sender.Tell("popped");
                    break;
                default:
                    Sender.Tell(mood);
                    break;
            }
        }
    }

    private sealed class RunningTasks(Task gate, IActorRef log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not "task")
            {
                log.Tell(message);
                return;
            }

            RunTask(async () =>
            {
                log.Tell("begun");
                await gate;
                log.Tell("ended");
            });
        }
    }
}
