using System.Security.Cryptography;
using Akka.Actor;
using Akka.Remote;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;
using static Akka.Tests.Remote.Wires;

namespace Akka.Tests.Remote;

public sealed class RemotingTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(16 * 1024, "")]
    [InlineData(64 * 1024, "")]
    [InlineData(70_000, "")]
    [InlineData(131_072, "")]
    [InlineData(1 << 20, "")]
    [InlineData(5_000_000, "")]
    [InlineData(0, Key)]
    [InlineData(16 * 1024, Key)]
    [InlineData(70_000, Key)]
    [InlineData(5_000_000, Key)]
    public async Task A_bulk_message_of_any_size_arrives_whole(int bytes, string key)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", key + BulkEverything);
        ActorSystem there = nodes.StartRemote("there", key + BulkEverything);
        there.ActorOf(Props.Create(() => new Digest()), "bulk-digest");
        byte[] payload = new byte[bytes];
        new Random(7).NextBytes(payload);
        IActorRef digest = await Find(here, there, "bulk-digest");

        for (int i = 0; i < 5; i++)
            Assert.Equal(SHA256.HashData(payload), await digest.Ask<byte[]>(payload, Within));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Key)]
    public async Task Messages_of_mixed_sizes_from_one_sender_arrive_in_order(string key)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", key + BulkEverything);
        ActorSystem there = nodes.StartRemote("there", key + BulkEverything);
        there.ActorOf(Props.Create(() => new InOrder(2000)), "bulk-order");
        IActorRef order = await Find(here, there, "bulk-order");
        Random random = new(11);

        for (int i = 0; i < 2000; i++)
        {
            byte[] payload = new byte[4 + (i % 50 == 0 ? random.Next(400_000) : random.Next(2_000))];
            BitConverter.TryWriteBytes(payload, i);
            order.Tell(payload, ActorRefs.NoSender);
        }

        Assert.Equal("in order", await order.Ask<string>("report", Within));
    }

    [Fact]
    public async Task A_steady_flow_that_never_lets_the_connection_rest_does_not_fill_the_queue()
    {
        const string SmallQueue = BulkEverything + "exo.remote.outbound-queue-size = 2MiB";
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", SmallQueue);
        ActorSystem there = nodes.StartRemote("there", SmallQueue);
        there.ActorOf(Props.Create(() => new Digest()), "bulk-digest");
        IActorRef digest = await Find(here, there, "bulk-digest");
        byte[] payload = new byte[100_000];
        byte[] expected = SHA256.HashData(payload);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (int i = 0; i < 100; i++)
                Assert.Equal(expected, await digest.Ask<byte[]>(payload, Within));
        }));
    }

    [Fact]
    public async Task A_message_that_no_serializer_takes_is_lost_alone()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await Find(here, there, "echo");

        echo.Tell(new Unbound("x"), ActorRefs.NoSender);

        Assert.Equal("still there", await echo.Ask<string>("still there", Within));
    }

    [Fact]
    public async Task A_quarantined_system_is_not_heard_and_learns_it()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef local = here.ActorOf(Props.Create(() => new Echo()), "echo");
        await Find(here, there, "echo");
        TaskCompletionSource learned = new();
        there.EventStream.Subscribe(there.ActorOf(Props.Create(() => new Signal(learned))), typeof(ThisActorSystemQuarantinedEvent));

        Transport(here).Quarantine(Nodes.AddressOf(there), AddressUidExtension.Uid(there), "test");

        IActorRef fromThere = ((ExtendedActorSystem)there).Provider.ResolveActorRef(local.Path.ToSerializationFormatWithAddress(Nodes.AddressOf(here)));
        await Eventually.True(
            () =>
            {
                fromThere.Tell("anyone?", ActorRefs.NoSender);
                return learned.Task.IsCompleted;
            },
            Within,
            "the quarantined system is told");
        await Assert.ThrowsAsync<AskTimeoutException>(() => fromThere.Ask<string>("hello", TimeSpan.FromMilliseconds(300)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Key)]
    public async Task The_watcher_of_a_system_that_ends_abruptly_is_told_that_its_address_ended(string key)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", key);
        ActorSystem there = nodes.StartRemote("there", key);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await Find(here, there, "echo");
        Probe watcher = new(here);
        await watcher.Do(context => context.Watch(remote));
        Assert.Equal("ready", await remote.Ask<string>("ready", Within));
        await Eventually.True(() => Transport(here).Heartbeats.IsBeating(Nodes.AddressOf(there)), Within, "the node is watched");

        Transport(there).Dispose();

        Assert.True((await watcher.Expect<Terminated>()).AddressTerminated);
    }

    [Fact]
    public async Task With_a_cluster_key_a_burst_in_both_directions_keeps_its_order()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Key);
        ActorSystem there = nodes.StartRemote("there", Key);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await Find(here, there, "echo");
        TaskCompletionSource<string> done = new();
        IActorRef order = here.ActorOf(Props.Create(() => new Counted(5000, done)));

        for (int i = 0; i < 5000; i++)
            echo.Tell(i, order);

        Assert.Equal("in order", await done.Task.WaitAsync(Within));
    }

    private sealed record Unbound(string Text);

    private sealed class Digest : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(SHA256.HashData((byte[])message), Self);
    }

    private sealed class Counted(int count, TaskCompletionSource<string> done) : UntypedActor
    {
        private int _next;

        protected override void OnReceive(object message)
        {
            if ((int)message != _next)
                done.TrySetResult($"{message} came instead of {_next}");
            else if (++_next == count)
                done.TrySetResult("in order");
        }
    }

    private sealed class InOrder(int count) : UntypedActor
    {
        private int _next;
        private bool _isBroken;
        private IActorRef _asker;

        protected override void OnReceive(object message)
        {
            if (message is byte[] bytes)
                _isBroken |= BitConverter.ToInt32(bytes) != _next++;
            else
                _asker = Sender;
            if (_asker is not null && _next == count)
                _asker.Tell(_isBroken ? "out of order" : "in order", Self);
        }
    }

    private sealed class Signal(TaskCompletionSource signal) : UntypedActor
    {
        protected override void OnReceive(object message) => signal.TrySetResult();
    }
}
