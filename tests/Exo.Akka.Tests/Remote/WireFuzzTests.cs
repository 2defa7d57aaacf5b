using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Akka.Tests.Remote;

/// <summary>
/// Bytes that no node would send, at the greeting's and the frames' decoders and at a real port. EXO_FUZZ=1000000 asks for so many
/// sequences; without it a share runs. Every sequence comes from a seed that a failure names.
/// </summary>
public sealed class WireFuzzTests
{
    private const string Key = "exo.remote.cluster-key = \"a key of the tests\"\n";
    private const string Silent = """
        akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }
        exo.remote.bulk-maximum-frame-size = 256KiB
        """;

    private const long MaxGrowthBytes = 64L << 20;
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(60);
    private readonly ITestOutputHelper _output;

    public WireFuzzTests(ITestOutputHelper output) => _output = output;

    private static int Sequences => int.TryParse(Environment.GetEnvironmentVariable("EXO_FUZZ"), CultureInfo.InvariantCulture, out int asked) ? asked : 100_000;

    [Fact]
    public void Greetings_are_read_or_refused_with_a_reason()
    {
        WireFuzz fuzz = new();
        int refused = 0;
        for (int seed = 0; seed < Sequences / 2; seed++)
        {
            byte[] bytes = fuzz.Greeting(seed);
            Exception error = Record.Exception(() => Greet(bytes));
            Assert.True(error is null or InvalidDataException, $"seed {seed}: {error}");
            Assert.True(error is null || error.Message.Length is > 0 and < 400, $"seed {seed}: {error?.Message}");
            refused += error is null ? 0 : 1;
        }

        _output.WriteLine($"{Sequences / 2} greetings, {refused} refused");
        Assert.InRange(refused, 1, Sequences / 2);
    }

    [Theory]
    [InlineData(Lane.Control)]
    [InlineData(Lane.Bulk)]
    internal async Task Frames_are_read_or_refused_with_a_reason_and_memory_stays_bounded(Lane lane)
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here", Silent);
        system.ActorOf(Props.Create(() => new Sink()), "sink");
        TcpRemoteTransport transport = ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;
        WireFuzz fuzz = new(Nodes.AddressOf(system));
        Address stranger = new("akka.tcp", "there", "127.0.0.1", 1);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long highest = before;
        int refused = 0;
        InboundConnection connection = null;
        for (int seed = 0; seed < Sequences / 4; seed++)
        {
            // Some sequences meet what earlier ones left behind, as they would on one connection.
            if (seed % 8 == 0 || connection is null)
            {
                connection?.Dispose();
                connection = new InboundConnection(transport, PeerConnection.Plain(new Socket(SocketType.Stream, ProtocolType.Tcp)), stranger, seed + 1, lane);
                Assert.True(transport.AssociationWith(stranger).Met(seed + 1));
            }

            byte[] bytes = fuzz.Frames(seed);
            Exception error = Record.Exception(() => connection.ReadFrames(bytes, out _));
            Assert.True(error is null or InvalidDataException, $"seed {seed}: {error}");
            if (error is not null)
            {
                refused++;
                connection.Dispose();
                connection = null;
            }

            if (seed % 10_000 == 0)
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
        }

        connection?.Dispose();
        highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
        _output.WriteLine($"{Sequences / 4} frame sequences on {lane}, {refused} refused, memory grew by at most {(highest - before) / 1024} KiB");
        Assert.True(highest - before < MaxGrowthBytes, $"memory grew by {(highest - before) >> 20} MiB");
        Assert.Equal("alive", await system.ActorOf(Props.Create(() => new Sink())).Ask<string>("alive", s_within));
    }

    [Fact]
    public async Task A_tower_of_messages_in_messages_is_refused_before_the_stack_ends()
    {
        await using Nodes nodes = new();
        ExtendedActorSystem system = (ExtendedActorSystem)nodes.StartRemote("here", Silent);
        byte[] inner = [0];
        for (int i = 0; i < 3000; i++)
        {
            using FrameBuffer buffer = new(64);
            buffer.WriteByte(1);
            buffer.WriteInt32(16);
            buffer.WriteText("SS");
            buffer.WriteVarint((uint)inner.Length);
            buffer.WriteBytes(inner);
            inner = buffer.Written.ToArray();
        }

        SerializationException error = Assert.Throws<SerializationException>(() => system.Serialization.Deserialize(inner, 16, "SS"));
        Assert.Contains("nested", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/user")]
    [InlineData("/system")]
    [InlineData("/")]
    public async Task Another_node_cannot_end_a_guardian(string path)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Silent);
        ActorSystem there = nodes.StartRemote("there", Silent);
        IActorRef sink = there.ActorOf(Props.Create(() => new Sink()), "sink");
        IActorRef found = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/sink").ResolveOne(s_within);
        ActorSelection guardian = here.ActorSelection($"{Nodes.AddressOf(there)}{path}");

        guardian.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        guardian.Tell(Kill.Instance, ActorRefs.NoSender);
        here.ActorSelection($"{Nodes.AddressOf(there)}/user/x/..").Tell(PoisonPill.Instance, ActorRefs.NoSender);

        Assert.Equal("alive", await found.Ask<string>("alive", s_within));
        here.ActorSelection($"{Nodes.AddressOf(there)}/user/sink").Tell(PoisonPill.Instance, ActorRefs.NoSender);
        Assert.True(await sink.WatchAsync().WaitAsync(s_within));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Key)]
    public async Task A_port_ends_every_such_connection_and_goes_on_serving(string key)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", key + Silent);
        ActorSystem there = nodes.StartRemote("there", key + Silent);
        there.ActorOf(Props.Create(() => new Sink()), "sink");
        WireFuzz fuzz = new(Nodes.AddressOf(there));
        int count = Math.Min(4000, Sequences / 250);
        using Process self = Process.GetCurrentProcess();
        int handles = self.HandleCount;

        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (seed, ct) => await AttackAsync(Nodes.AddressOf(there).Port!.Value, fuzz, seed, key.Length > 0));

        IActorRef sink = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/sink").ResolveOne(s_within);
        Assert.Equal("alive", await sink.Ask<string>("alive", s_within));
        await Eventually.True(
            () =>
            {
                self.Refresh();
                return self.HandleCount < handles + 64;
            },
            s_within,
            "the connections are closed",
            () => $"{self.HandleCount} handles, {handles} before");
        _output.WriteLine($"{count} connections {(key.Length > 0 ? "with" : "without")} TLS");
    }

    private static void Greet(byte[] bytes)
    {
        if (bytes.Length < Handshake.PrefixBytes)
            return;
        if (Handshake.IsTls(bytes))
            throw new InvalidDataException(Handshake.Describe(bytes));
        int length = Handshake.BodyLength(bytes.AsSpan(0, Handshake.PrefixBytes));
        byte[] body = bytes.AsSpan(Handshake.PrefixBytes, Math.Min(length, bytes.Length - Handshake.PrefixBytes)).ToArray();
        InvalidDataException refusal = null;
        try
        {
            Handshake.Reply reply = Handshake.DecodeReply(body);
            Assert.True(reply.Explanation.Length <= Handshake.MaxBodyBytes);
        }
        catch (InvalidDataException cause)
        {
            refusal = cause;
        }

        Handshake.Hello hello = Handshake.DecodeHello(body);
        if (hello.Version == Handshake.ProtocolVersion)
            Handshake.Prove([1], isAcceptor: true, hello, 1, new byte[16]);
        else if (refusal is not null)
            throw refusal;
    }

    /// <summary>A greeting that is broken, or a good one and broken frames; then the end of our half.</summary>
    private static async Task AttackAsync(int port, WireFuzz fuzz, int seed, bool isSecured)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource patience = new(s_within);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), patience.Token);
            Stream stream = new NetworkStream(socket);
            if (isSecured && seed % 2 == 0)
            {
                SslStream tls = new(stream, false, (_, shown, _, _) => shown is not null);
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "exo" }, patience.Token);
                stream = tls;
            }

            await stream.WriteAsync(seed % 3 == 0 ? fuzz.GoodGreeting(seed) : fuzz.Greeting(seed), patience.Token);
            if (seed % 3 == 0)
                await stream.WriteAsync(fuzz.Frames(seed), patience.Token);
            socket.Shutdown(SocketShutdown.Send);
            byte[] answer = new byte[4096];
            while (await stream.ReadAsync(answer, patience.Token) > 0)
            {
                // Whatever it says, it must end.
            }
        }
        catch (Exception cause) when (cause is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // It ended the connection at once.
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"seed {seed}: the connection was kept open", cause);
        }
    }

    private sealed class Sink : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
