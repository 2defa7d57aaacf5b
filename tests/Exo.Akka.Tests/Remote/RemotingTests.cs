using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class RemotingTests
{
    private const string BulkEverything = "exo.remote.bulk-paths = [\"/user/bulk-*\"]";
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_message_reaches_an_actor_of_another_system_and_the_answer_comes_back()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");

        IActorRef echo = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);

        Assert.Equal("hello", await echo.Ask<string>("hello", s_within));
        Assert.Equal(42, await echo.Ask<int>(42, s_within));
        Assert.Equal(1L << 40, await echo.Ask<long>(1L << 40, s_within));
        Assert.Equal([1, 2, 3], await echo.Ask<byte[]>(new byte[] { 1, 2, 3 }, s_within));
        Assert.Equal($"{Nodes.AddressOf(there)}/user/echo", echo.Path.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16 * 1024)]
    [InlineData(64 * 1024)]
    [InlineData(70_000)]
    [InlineData(131_072)]
    [InlineData(1 << 20)]
    [InlineData(5_000_000)]
    public async Task A_bulk_message_of_any_size_arrives_whole(int bytes)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", BulkEverything);
        ActorSystem there = nodes.StartRemote("there", BulkEverything);
        there.ActorOf(Props.Create(() => new Checksum()), "bulk-sum");
        byte[] payload = new byte[bytes];
        new Random(7).NextBytes(payload);
        IActorRef sum = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/bulk-sum").ResolveOne(s_within);

        for (int i = 0; i < 5; i++)
            Assert.Equal(Checksum.Of(payload), await sum.Ask<long>(payload, s_within));
    }

    [Fact]
    public async Task Messages_of_mixed_sizes_from_one_sender_arrive_in_order()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", BulkEverything);
        ActorSystem there = nodes.StartRemote("there", BulkEverything);
        there.ActorOf(Props.Create(() => new InOrder(2000)), "bulk-order");
        IActorRef order = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/bulk-order").ResolveOne(s_within);
        Random random = new(11);

        for (int i = 0; i < 2000; i++)
        {
            byte[] payload = new byte[4 + (i % 50 == 0 ? random.Next(400_000) : random.Next(2_000))];
            BitConverter.TryWriteBytes(payload, i);
            order.Tell(payload, ActorRefs.NoSender);
        }

        Assert.Equal("in order", await order.Ask<string>("report", s_within));
    }

    [Fact]
    public async Task A_steady_flow_that_never_lets_the_connection_rest_does_not_fill_the_queue()
    {
        const string SmallQueue = BulkEverything + "\nexo.remote.outbound-queue-size = 2MiB";
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", SmallQueue);
        ActorSystem there = nodes.StartRemote("there", SmallQueue);
        there.ActorOf(Props.Create(() => new Checksum()), "bulk-sum");
        IActorRef sum = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/bulk-sum").ResolveOne(s_within);
        byte[] payload = new byte[100_000];
        long expected = Checksum.Of(payload);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (int i = 0; i < 100; i++)
                Assert.Equal(expected, await sum.Ask<long>(payload, s_within));
        }));
    }

    [Fact]
    public async Task A_message_too_large_for_its_connection_is_lost_alone()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);

        echo.Tell(new byte[200_000], ActorRefs.NoSender);

        Assert.Equal("still there", await echo.Ask<string>("still there", s_within));
    }

    [Fact]
    public async Task A_message_that_no_serializer_takes_is_lost_alone()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);

        echo.Tell(new Unbound("x"), ActorRefs.NoSender);

        Assert.Equal("still there", await echo.Ask<string>("still there", s_within));
    }

    [Fact]
    public async Task A_watched_remote_actor_that_stops_is_reported()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        IActorRef target = there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);
        TaskCompletionSource<Terminated> ended = new();
        here.ActorOf(Props.Create(() => new Watcher(remote, ended)));
        Assert.Equal("ready", await remote.Ask<string>("ready", s_within));

        target.Tell(PoisonPill.Instance, ActorRefs.NoSender);

        Terminated message = await ended.Task.WaitAsync(s_within);
        Assert.Equal(remote, message.ActorRef);
        Assert.False(message.AddressTerminated);
    }

    [Fact]
    public async Task Watching_a_remote_actor_that_is_gone_is_answered_at_once()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        IActorRef ghost = ((ExtendedActorSystem)here).Provider.ResolveActorRef($"{Nodes.AddressOf(there)}/user/ghost#77");
        TaskCompletionSource<Terminated> ended = new();

        here.ActorOf(Props.Create(() => new Watcher(ghost, ended)));

        Terminated message = await ended.Task.WaitAsync(s_within);
        Assert.Equal(ghost.Path, message.ActorRef.Path);
        Assert.False(message.ExistenceConfirmed);
    }

    [Fact]
    public async Task The_watcher_of_a_system_that_ends_abruptly_is_told_that_its_address_ended()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);
        TaskCompletionSource<Terminated> ended = new();
        here.ActorOf(Props.Create(() => new Watcher(remote, ended)));
        Assert.Equal("ready", await remote.Ask<string>("ready", s_within));
        await Eventually.True(() => Transport(here).Heartbeats.IsBeating(Nodes.AddressOf(there)), s_within, "the node is watched");

        Transport(there).Dispose();

        Assert.True((await ended.Task.WaitAsync(s_within)).AddressTerminated);
    }

    [Fact]
    public async Task Strangers_at_the_port_cost_one_log_line_each_and_nothing_else()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        List<string> warnings = [];
        there.EventStream.Subscribe(there.ActorOf(Props.Create(() => new Collector(warnings))), typeof(Warning));
        int port = Nodes.AddressOf(there).Port!.Value;

        await SendRawAsync(port, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        await SendRawAsync(port, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]);
        await SendRawAsync(port, "EXO1\u00ff\u00ff"u8.ToArray());
        await SendRawAsync(port, new byte[5000]);

        await Eventually.True(() => Count(warnings) >= 4, s_within, "four refusals", () => string.Join('\n', warnings));
        Assert.Equal(4, Count(warnings));
        Assert.Single(warnings, w => w.Contains("an HTTP request", StringComparison.Ordinal));
        Assert.Single(warnings, w => w.Contains("a TLS greeting", StringComparison.Ordinal));
        IActorRef echo = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);
        Assert.Equal("fine", await echo.Ask<string>("fine", s_within));
    }

    [Theory]
    [InlineData("one", "one", true)]
    [InlineData("one", "two", false)]
    [InlineData("one", "", false)]
    [InlineData("", "two", false)]
    public async Task Systems_talk_when_they_have_the_same_cluster_key(string hereKey, string thereKey, bool talks)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", $"exo.remote.cluster-key = \"{hereKey}\"");
        ActorSystem there = nodes.StartRemote("there", $"exo.remote.cluster-key = \"{thereKey}\"");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        ActorSelection echo = here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo");

        if (talks)
            Assert.NotNull(await echo.ResolveOne(s_within));
        else
            await Assert.ThrowsAsync<ActorNotFoundException>(() => echo.ResolveOne(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_quarantined_system_is_not_heard_and_learns_it()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef local = here.ActorOf(Props.Create(() => new Echo()), "echo");
        await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);
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
            s_within,
            "the quarantined system is told");
        await Assert.ThrowsAsync<AskTimeoutException>(() => fromThere.Ask<string>("hello", TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task A_new_incarnation_at_an_address_is_talked_to_and_the_old_ones_watchers_are_told()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        int port = Nodes.AddressOf(there).Port!.Value;
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(s_within);
        TaskCompletionSource<Terminated> ended = new();
        here.ActorOf(Props.Create(() => new Watcher(remote, ended)));
        Assert.Equal("ready", await remote.Ask<string>("ready", s_within));

        await there.Terminate();
        ActorSystem again = nodes.StartRemote("there", $"akka.remote.dot-netty.tcp.port = {port}");
        again.ActorOf(Props.Create(() => new Echo()), "echo");

        await ended.Task.WaitAsync(s_within);
        IActorRef fresh = null;
        await Eventually.True(
            async () =>
            {
                try
                {
                    fresh = await here.ActorSelection($"{Nodes.AddressOf(again)}/user/echo").ResolveOne(TimeSpan.FromMilliseconds(500));
                    return true;
                }
                catch (ActorNotFoundException)
                {
                    return false;
                }
            },
            s_within,
            "the new incarnation answers");
        Assert.NotEqual(remote, fresh);
    }

    private static Akka.Remote.Transport.TcpRemoteTransport Transport(ActorSystem system)
        => ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;

    private static int Count(List<string> warnings)
    {
        lock (warnings)
            return warnings.Count(w => w.Contains("Refused a connection", StringComparison.Ordinal));
    }

    private static async Task SendRawAsync(int port, byte[] bytes)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        await socket.SendAsync(bytes, SocketFlags.None);
        try
        {
            // The refusal shows as the end of the connection; one who greets with TLS is told before it.
            while (await socket.ReceiveAsync(new byte[256], SocketFlags.None) > 0)
            {
            }
        }
        catch (SocketException cause)
        {
            Assert.Equal(SocketError.ConnectionReset, cause.SocketErrorCode);
        }
    }

    private sealed record Unbound(string Text);

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Checksum : UntypedActor
    {
        public static long Of(byte[] bytes)
        {
            long sum = bytes.Length;
            foreach (byte b in bytes)
                sum = (sum * 31) + b;
            return sum;
        }

        protected override void OnReceive(object message) => Sender.Tell(Of((byte[])message), Self);
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

    private sealed class Watcher : UntypedActor
    {
        private readonly TaskCompletionSource<Terminated> _ended;

        public Watcher(IActorRef target, TaskCompletionSource<Terminated> ended)
        {
            _ended = ended;
            Context.Watch(target);
        }

        protected override void OnReceive(object message)
        {
            if (message is Terminated terminated)
                _ended.TrySetResult(terminated);
        }
    }

    private sealed class Collector(List<string> texts) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            lock (texts)
                texts.Add(((LogEvent)message).Message.ToString());
        }
    }

    private sealed class Signal(TaskCompletionSource signal) : UntypedActor
    {
        protected override void OnReceive(object message) => signal.TrySetResult();
    }
}
