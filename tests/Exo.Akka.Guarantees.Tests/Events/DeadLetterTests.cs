using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Events;

public sealed class DeadLetterTests : ActorTest
{
    [Fact]
    public async Task All_kinds_of_lost_messages_are_AllDeadLetters_that_wrap_their_message()
    {
        Probe all = NewProbe();
        System.EventStream.Subscribe<AllDeadLetters>(all.Ref);
        IActorRef deaf = System.ActorOf(Props.Create(() => new Deaf()));

        System.DeadLetters.Tell("dead");
        deaf.Tell("unhandled");
        await deaf.Ask<ActorIdentity>(new Identify(1), Soon);
        System.DeadLetters.Tell(new Unimportant("suppressed"));
        System.EventStream.Publish(new Dropped("dropped", "too many", deaf));

        Assert.Equal("dead", (await all.Expect<DeadLetter>()).Message);
        Assert.Equal("unhandled", (await all.Expect<UnhandledMessage>()).Message);
        Assert.Equal(new Unimportant("suppressed"), (await all.Expect<SuppressedDeadLetter>()).Message);
        Dropped dropped = await all.Expect<Dropped>();
        Assert.Equal(("dropped", "too many", deaf), (((IWrappedMessage)dropped).Message, dropped.Reason, dropped.Recipient));
    }

    [Fact]
    public async Task A_dead_letter_without_a_sender_has_the_dead_letters_as_one()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe<DeadLetter>(dead.Ref);

        System.ActorSelection("/user/none").Tell("hello");

        Assert.Equal(System.DeadLetters, (await dead.Expect<DeadLetter>()).Sender);
    }

    [Fact]
    public async Task Suppressed_messages_to_a_dead_actor_are_suppressed_dead_letters()
    {
        Probe dead = NewProbe();
        Probe suppressed = NewProbe();
        System.EventStream.Subscribe<DeadLetter>(dead.Ref);
        System.EventStream.Subscribe<SuppressedDeadLetter>(suppressed.Ref);
        IActorRef gone = System.ActorOf(Props.Empty);
        Assert.True(await gone.GracefulStop(Soon));

        gone.Tell(new Unimportant("x"), dead.Ref);

        SuppressedDeadLetter letter = await suppressed.Expect<SuppressedDeadLetter>();
        Assert.Equal((new Unimportant("x"), dead.Ref, System.DeadLetters), (letter.Message, letter.Sender, letter.Recipient));
        await dead.ExpectNothingMore();
    }

    [Fact]
    public void Ten_dead_letters_are_logged_before_a_pause_of_five_minutes_and_none_while_the_system_ends()
    {
        Assert.Equal(10, System.Settings.LogDeadLetters);
        Assert.Equal(TimeSpan.FromMinutes(5), System.Settings.LogDeadLettersSuspendDuration);
        Assert.False(System.Settings.LogDeadLettersDuringShutdown);
    }

    [Theory]
    [InlineData("on", 5, 5)]
    [InlineData("3", 5, 3)]
    [InlineData("off", 5, 0)]
    public async Task So_many_dead_letters_are_logged_as_configured(string configured, int letters, int logged)
    {
        ActorSystem system = Logging($"akka.log-dead-letters = {configured}");
        Probe log = new(system);
        system.EventStream.Subscribe<Info>(log.Ref);
        await ListenerIsThere(system, logged > 0);

        for (int i = 0; i < letters; i++)
            system.DeadLetters.Tell($"letter {i}", ActorRefs.NoSender);

        for (int i = 0; i < logged; i++)
            Assert.Contains("dead letters", (await log.Expect<Info>()).Message.ToString(), StringComparison.Ordinal);
        await log.ExpectNothingMore();
        await system.Terminate();
    }

    [Theory]
    [InlineData("off", false)]
    [InlineData("on", true)]
    public async Task Dead_letters_of_a_system_that_ends_are_logged_only_when_configured(string configured, bool isLogged)
    {
        Silent.Seen.Clear();
        ActorSystem system = Logging($"akka.log-dead-letters-during-shutdown = {configured}");
        await ListenerIsThere(system, true);
        system.ActorOf(Props.Create(() => new TalksAtItsEnd(system.DeadLetters, isLogged)));

        await system.Terminate();

        Assert.Equal(isLogged, Silent.HasDeadLetters);
    }

    [Fact]
    public async Task After_the_pause_dead_letters_are_logged_again_with_the_number_of_those_that_were_not()
    {
        ActorSystem system = Logging("akka.log-dead-letters = 1\nakka.log-dead-letters-suspend-duration = 100ms");
        Probe log = new(system);
        system.EventStream.Subscribe<Info>(log.Ref);
        await ListenerIsThere(system, true);
        system.DeadLetters.Tell("first", ActorRefs.NoSender);
        Assert.Contains("no more dead letters will be logged", (await log.Expect<Info>()).Message.ToString(), StringComparison.Ordinal);
        TimeSpan first = system.Scheduler.MonotonicClock;

        await Exo.Testing.Eventually.True(() => system.Scheduler.MonotonicClock - first > TimeSpan.FromMilliseconds(300), Soon, "the pause is over");
        system.DeadLetters.Tell("after the pause", ActorRefs.NoSender);

        Assert.Contains("were not logged", (await log.Expect<Info>()).Message.ToString(), StringComparison.Ordinal);
        await system.Terminate();
    }

    [Fact]
    public async Task Unhandled_messages_are_logged_at_debug_level_when_configured()
    {
        ActorSystem system = Logging("akka.actor.debug.unhandled = on\nakka.loglevel = DEBUG\nakka.log-dead-letters = off");
        Probe log = new(system);
        system.EventStream.Subscribe<Debug>(log.Ref);

        system.ActorOf(Props.Create(() => new Deaf())).Tell("anyone?");

        string text = (await log.Expect<Debug>()).Message.ToString();
        while (!text.Contains("anyone?", StringComparison.Ordinal))
            text = (await log.Expect<Debug>()).Message.ToString();
        Assert.StartsWith("Unhandled message from", text, StringComparison.Ordinal);
        await system.Terminate();
    }

    private static ActorSystem Logging(string hocon)
        => ActorSystem.Create("logging", ConfigurationFactory.ParseString($"{hocon}\nakka.stdout-loglevel = OFF\nakka.loggers = [\"{typeof(Silent).AssemblyQualifiedName}\"]"));

    /// <summary>The listener subscribes when it starts: wait until it does.</summary>
    private static async Task ListenerIsThere(ActorSystem system, bool isExpected)
    {
        if (isExpected)
            await system.ActorSelection("/system/deadLetterListener").ResolveOne(Soon);
    }

    private sealed record Unimportant(string Text) : IDeadLetterSuppression;

    private sealed class Deaf : ActorBase
    {
        protected override bool Receive(object message) => false;
    }

    private sealed class TalksAtItsEnd(IActorRef to, bool waits) : UntypedActor
    {
        // The logger ends soon after this actor: the line must be there before.
        protected override void PostStop()
        {
            to.Tell("last words");
            if (waits)
                SpinWait.SpinUntil(() => Silent.HasDeadLetters, Soon);
        }

        protected override void OnReceive(object message)
        {
        }
    }

    internal sealed class Silent : ReceiveActor
    {
        public static readonly global::System.Collections.Concurrent.ConcurrentQueue<string> Seen = new();

        public static bool HasDeadLetters => Seen.Any(text => text.Contains("dead letters", StringComparison.Ordinal));

        public Silent()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(logEvent => Seen.Enqueue(logEvent.Message.ToString()));
        }
    }
}
