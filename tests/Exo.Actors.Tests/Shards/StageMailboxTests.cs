using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Exo.Actors.Configuration;
using Exo.Actors.Shards;
using Exo.Testing;

namespace Exo.Actors.Tests.Shards;

public sealed class StageMailboxTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_device_that_sends_without_end_fills_a_stages_mailbox_and_no_more()
    {
        const int TooMany = 500;
        int capacity = ExoConfig.Reference.GetInt(ShardProtocol.Mailbox + ".mailbox-capacity");
        ActorSystem system = ActorSystem.Create("flood", ConfigurationFactory.ParseString("akka.loglevel = OFF\nakka.stdout-loglevel = OFF").WithFallback(ExoConfig.Reference));
        try
        {
            using ManualResetEventSlim busy = new();
            using SemaphoreSlim begun = new(0);
            Counts counts = new();
            IActorRef dropped = system.ActorOf(Props.Create(() => new Listening(counts)));
            system.EventStream.Subscribe(dropped, typeof(AllDeadLetters));
            IActorRef stage = system.ActorOf(Props.Create(() => new Busy(begun, busy, counts)).WithMailbox(ShardProtocol.Mailbox));
            stage.Tell("first");
            Assert.True(await begun.WaitAsync(TimeSpan.FromSeconds(10)));

            for (int i = 0; i < capacity + TooMany; i++)
            {
                stage.Tell(i);
            }

            await Eventually.True(() => Volatile.Read(ref counts.Dropped) == TooMany, s_soon, $"{TooMany} dropped", () => $"{counts.Dropped}");
            busy.Set();
            await Eventually.True(() => Volatile.Read(ref counts.Handled) == capacity + 1, s_soon, $"{capacity + 1} handled", () => $"{counts.Handled}");
        }
        finally
        {
            await system.Terminate();
        }
    }

    private sealed class Counts
    {
        public int Dropped;
        public int Handled;
    }

    private sealed class Busy : ReceiveActor
    {
        public Busy(SemaphoreSlim begun, ManualResetEventSlim busy, Counts counts) => ReceiveAny(_ =>
        {
            begun.Release();
            busy.Wait(TimeSpan.FromSeconds(30));
            Interlocked.Increment(ref counts.Handled);
        });
    }

    // What a full mailbox drops is told as Dropped by the embedded runtime, as a DeadLetter by the real library.
    private sealed class Listening : ReceiveActor
    {
        public Listening(Counts counts) => Receive<AllDeadLetters>(_ => Interlocked.Increment(ref counts.Dropped));
    }
}
