using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Dispatch;

public sealed class MailboxTests() : ActorTest(Hocon)
{
    private const string Hocon = """
        small-mailbox {
          mailbox-type = "Akka.Dispatch.BoundedMailbox"
          mailbox-capacity = 2
        }
        pinned.type = PinnedDispatcher
        two-threads {
          type = ForkJoinDispatcher
          dedicated-thread-pool.thread-count = 2
        }
        """;

    [Fact]
    public async Task No_message_is_lost_and_each_senders_order_is_kept_when_many_send_at_once()
    {
        const int Senders = 8;
        const int Messages = 50_000;
        Probe probe = NewProbe();
        IActorRef counter = System.ActorOf(Props.Create(() => new OrderChecking(Senders * Messages, probe.Ref)));

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (int i = 0; i < Messages; i++)
                counter.Tell((sender, i), ActorRefs.NoSender);
        })));

        await probe.Expect("all in order");
    }

    [Fact]
    public async Task Actors_that_are_stopped_while_others_send_turn_every_message_into_a_dead_letter_or_handle_it()
    {
        const int Messages = 2_000;
        for (int round = 0; round < 50; round++)
        {
            int handled = 0;
            Action handle = () => Interlocked.Increment(ref handled);
            Counting dead = new();
            IActorRef listener = System.ActorOf(Props.Create(() => new Listening(dead)));
            System.EventStream.Subscribe(listener, typeof(DeadLetter));
            IActorRef actor = System.ActorOf(Props.Create<Handling>(handle));

            Task sending = Task.Run(() =>
            {
                for (int i = 0; i < Messages; i++)
                    actor.Tell(i, ActorRefs.NoSender);
            });
            System.Stop(actor);
            await sending;

            await Exo.Testing.Eventually.True(
                () => Volatile.Read(ref handled) + dead.Count == Messages, Soon, $"{Messages} messages accounted for", () => $"{handled} + {dead.Count}");
            System.Stop(listener);
        }
    }

    [Fact]
    public async Task A_full_bounded_mailbox_drops_and_says_so()
    {
        Probe dropped = NewProbe();
        Probe log = NewProbe();
        System.EventStream.Subscribe(dropped.Ref, typeof(Dropped));
        System.EventStream.Subscribe(log.Ref, typeof(Warning));
        long counted = 0;
        using MeterListener meter = new() { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meter.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted += instrument.Name == "exo.akka.mailbox.dropped" ? value : 0);
        meter.Start();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new Gated(gate.Task, probe.Ref)).WithMailbox("small-mailbox"));
        actor.Tell("wait");
        await probe.Expect("waiting");

        foreach (string text in (string[])["one", "two", "three", "four"])
            actor.Tell(text);

        Assert.Equal("three", (await dropped.Expect<Dropped>()).Message);
        Assert.Equal("four", (await dropped.Expect<Dropped>()).Message);
        Assert.Contains("is full (2 messages)", (await log.Expect<Warning>()).Message.ToString(), StringComparison.Ordinal);
        await log.ExpectNothingMore();
        Assert.True(counted >= 2, $"the metric counted {counted}");
        gate.SetResult();
        await probe.Expect("one", "two");
    }

    [Theory]
    [InlineData("pinned")]
    [InlineData("two-threads")]
    public async Task A_dispatcher_with_own_threads_runs_its_actors_there(string dispatcher)
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new ThreadNaming()).WithDispatcher(dispatcher));

        Assert.StartsWith(dispatcher, await actor.Ask<string>("thread", Soon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actors_that_always_have_work_keep_no_other_waiting()
    {
        for (int i = 0; i < Environment.ProcessorCount * 4; i++)
            System.ActorOf(Props.Create(() => new Busy())).Tell("go");
        IActorRef other = System.ActorOf(Props.Create(() => new ThreadNaming()));

        for (int i = 0; i < 20; i++)
            await other.Ask("thread", Soon);

        Assert.True(await Task.Run(() => true).WaitAsync(Soon));
    }

    [Fact]
    public async Task A_tell_allocates_its_envelope_only()
    {
        Probe probe = NewProbe();
        IActorRef actor = System.ActorOf(Props.Create(() => new OrderChecking(-1, probe.Ref)));
        object message = "x";
        for (int i = 0; i < 1_000; i++)
            actor.Tell(message, ActorRefs.NoSender);

        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 10_000; i++)
                actor.Tell(message, ActorRefs.NoSender);
        });
        long perMessage = allocated / 10_000;

        // Header, type, three references.
        Assert.True(perMessage <= 48, $"{perMessage} bytes a tell");
        await probe.ExpectNothingMore();
    }

    private sealed class OrderChecking(int expected, IActorRef report) : UntypedActor
    {
        private readonly Dictionary<int, int> _last = [];
        private int _count;

        protected override void OnReceive(object message)
        {
            if (message is not (int sender, int number))
                return;
            if (_last.TryGetValue(sender, out int last) && number != last + 1)
                report.Tell($"{number} of {sender} after {last}");
            _last[sender] = number;
            if (++_count == expected)
                report.Tell("all in order");
        }
    }

    private sealed class Counting
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class Listening(Counting dead) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is DeadLetter { Message: int })
                dead.Add();
        }
    }

    private sealed class Handling(Action handle) : UntypedActor
    {
        protected override void OnReceive(object message) => handle();
    }

    private sealed class Gated : ReceiveActor
    {
        public Gated(Task gate, IActorRef report)
        {
            ReceiveAsync<string>(
                async _ =>
                {
                    report.Tell("waiting");
                    await gate;
                },
                text => text == "wait");
            Receive<string>(text => report.Tell(text));
        }
    }

    private sealed class Busy : UntypedActor
    {
        private readonly IActorRef _partner = Context.ActorOf(Props.Create(() => new Partner()));

        protected override void OnReceive(object message)
        {
            Self.Tell("go");
            _partner.Tell("ping");
        }

        private sealed class Partner : UntypedActor
        {
            protected override void OnReceive(object message)
            {
            }
        }
    }

    private sealed class ThreadNaming : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Thread.CurrentThread.Name);
    }
}
