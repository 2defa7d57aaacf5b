using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class TlsTests
{
    private const string Key = "exo.remote.cluster-key = \"a key of the tests\"\n";
    private const string BulkEverything = "exo.remote.bulk-paths = [\"/user/bulk-*\"]\n";
    private const string Secret = "a text that nobody else should read";
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0)]
    [InlineData(16 * 1024)]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task With_a_cluster_key_bulk_of_any_size_arrives_whole(int bytes)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Key + BulkEverything);
        ActorSystem there = nodes.StartRemote("there", Key + BulkEverything);
        there.ActorOf(Props.Create(() => new Digest()), "bulk-digest");
        byte[] payload = new byte[bytes];
        new Random(7).NextBytes(payload);
        IActorRef digest = await Find(here, there, "bulk-digest");

        for (int i = 0; i < 5; i++)
            Assert.Equal(SHA256.HashData(payload), await digest.Ask<byte[]>(payload, s_within));
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
        IActorRef order = here.ActorOf(Props.Create(() => new InOrder(5000, done)));

        for (int i = 0; i < 5000; i++)
            echo.Tell(i, order);

        Assert.Equal("in order", await done.Task.WaitAsync(s_within));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(Key, false)]
    public async Task What_goes_over_the_wire_is_readable_without_a_key_alone(string key, bool isReadable)
    {
        using Wiretap tap = new();
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", key);
        ActorSystem there = nodes.StartRemote("there", key + $"akka.remote.dot-netty.tcp.public-port = {tap.Port}");
        tap.Target = Transport(there).ListenPort;
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await Find(here, there, "echo");

        Assert.Equal(Secret, await echo.Ask<string>(Secret, s_within));

        Assert.True(tap.Seen > 100);
        Assert.Equal(isReadable, tap.Contains(Encoding.UTF8.GetBytes(Secret)));
    }

    [Fact]
    public async Task Whoever_ends_TLS_in_between_is_refused_by_both_ends()
    {
        using Interceptor interceptor = new();
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Key);
        ActorSystem there = nodes.StartRemote("there", Key + $"akka.remote.dot-netty.tcp.public-port = {interceptor.Port}");
        interceptor.Target = Transport(there).ListenPort;
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        List<string> hereWarnings = Warnings(here);
        List<string> thereWarnings = Warnings(there);

        await Assert.ThrowsAsync<ActorNotFoundException>(
            () => here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(TimeSpan.FromSeconds(1)));

        await Logged(thereWarnings, "somebody between them ends TLS");
        await Logged(hereWarnings, "somebody between them ends TLS");
        Assert.True(interceptor.Connections > 0);
    }

    [Theory]
    [InlineData("one", "two", "its cluster key is another one", "its cluster key is another one")]
    [InlineData("one", "", "it has no cluster key, but this node has one", "a TLS greeting; this node has no cluster key")]
    [InlineData("", "two", "it has a cluster key, but this node has none", "it has no cluster key, but this node has one")]
    public async Task Differing_keys_cost_both_nodes_one_line_that_says_so(string hereKey, string thereKey, string hereSays, string thereSays)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", $"exo.remote.cluster-key = \"{hereKey}\"");
        ActorSystem there = nodes.StartRemote("there", $"exo.remote.cluster-key = \"{thereKey}\"");
        List<string> hereWarnings = Warnings(here);
        List<string> thereWarnings = Warnings(there);

        // Some attempts: the gate opens again after 200 ms.
        for (int i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<ActorNotFoundException>(
                () => here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo").ResolveOne(TimeSpan.FromMilliseconds(300)));
        }

        await Logged(hereWarnings, hereSays);
        await Logged(thereWarnings, thereSays);
        lock (hereWarnings)
            Assert.Single(hereWarnings);
        lock (thereWarnings)
            Assert.Single(thereWarnings);
    }

    [Fact]
    public async Task Strangers_at_a_port_with_TLS_cost_one_log_line_each()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Key);
        ActorSystem there = nodes.StartRemote("there", Key);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        List<string> warnings = Warnings(there);
        int port = Nodes.AddressOf(there).Port!.Value;

        for (int i = 0; i < 3; i++)
        {
            await SendRawAsync(port, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            await SendRawAsync(port, new byte[5000]);
            await SendRawAsync(port, [0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
            await HttpsAsync(port);
        }

        await Logged(warnings, "no greeting of Exo's cluster protocol");
        await Logged(warnings, "its TLS greeting failed");
        await Eventually.True(() => Count(warnings, "an HTTP request") >= 1, s_within, "HTTPS and HTTP are named");
        lock (warnings)
            Assert.Equal(3, warnings.Count);
        IActorRef echo = await Find(here, there, "echo");
        Assert.Equal("fine", await echo.Ask<string>("fine", s_within));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Key)]
    public async Task Another_version_of_the_protocol_is_named_to_both_ends(string key)
    {
        await using Nodes nodes = new();
        ActorSystem there = nodes.StartRemote("there", key);
        List<string> warnings = Warnings(there);
        byte[] hello = Handshake.Encode(new Handshake.Hello(
            Handshake.ProtocolVersion + 1, Lane.Control, Handshake.NewNonce(), [], 5, new Address("akka.tcp", "here", "127.0.0.1", 1), Nodes.AddressOf(there)));
        using TcpClient client = new("127.0.0.1", Nodes.AddressOf(there).Port!.Value);
        Stream stream = client.GetStream();
        if (key.Length > 0)
        {
            SslStream tls = new(stream, false, (_, shown, _, _) => shown is not null);
            await tls.AuthenticateAsClientAsync("exo");
            stream = tls;
        }

        await stream.WriteAsync(hello);
        byte[] prefix = new byte[Handshake.PrefixBytes];
        await stream.ReadExactlyAsync(prefix);
        byte[] body = new byte[Handshake.BodyLength(prefix)];
        await stream.ReadExactlyAsync(body);

        Handshake.Reply reply = Handshake.DecodeReply(body);
        Assert.Equal(Handshake.Verdict.NewerProtocol, reply.Verdict);
        Assert.Contains($"it speaks protocol {Handshake.ProtocolVersion + 1}, this node speaks {Handshake.ProtocolVersion}", reply.Explanation, StringComparison.Ordinal);
        await Logged(warnings, $"it speaks protocol {Handshake.ProtocolVersion + 1}");
    }

    [Fact]
    public async Task Heartbeats_inside_TLS_see_an_abrupt_end()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Key);
        ActorSystem there = nodes.StartRemote("there", Key);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await Find(here, there, "echo");
        TaskCompletionSource<Terminated> ended = new();
        here.ActorOf(Props.Create(() => new Watcher(remote, ended)));
        await Eventually.True(() => Transport(here).Heartbeats.IsBeating(Nodes.AddressOf(there)), s_within, "the node is watched");

        Transport(there).Dispose();

        Assert.True((await ended.Task.WaitAsync(s_within)).AddressTerminated);
    }

    [Fact]
    public async Task A_cluster_with_a_key_forms_and_sees_a_death()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [.. Enumerable.Range(0, 3).Select(_ => nodes.StartCluster("ring", Key))];
        foreach (ActorSystem system in systems)
            Akka.Cluster.Cluster.Get(system).Join(Nodes.AddressOf(systems[0]));
        await Eventually.True(() => systems.All(s => Nodes.SeesUp(s, 3)), s_within, "three members are up");

        Transport(systems[2]).Dispose();

        await Eventually.True(() => systems[..2].All(s => Nodes.SeesUp(s, 2)), s_within, "the dead one is removed");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task With_an_authority_only_its_certificates_are_let_in(bool withKey, bool sameAuthority)
    {
        using TestAuthority ours = new("ours");
        using TestAuthority theirs = new("theirs");
        await using Nodes nodes = new();
        string key = withKey ? Key : "";
        ActorSystem here = nodes.StartRemote("here", key + (sameAuthority ? ours : theirs).Hocon("here", ours, asPem: true));
        ActorSystem there = nodes.StartRemote("there", key + ours.Hocon("there", ours, asPem: false));
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        ActorSelection echo = here.ActorSelection($"{Nodes.AddressOf(there)}/user/echo");

        if (sameAuthority)
        {
            Assert.Equal("in", await (await echo.ResolveOne(s_within)).Ask<string>("in", s_within));
            return;
        }

        List<string> warnings = Warnings(there);
        await Assert.ThrowsAsync<ActorNotFoundException>(() => echo.ResolveOne(TimeSpan.FromSeconds(1)));
        await Logged(warnings, "TLS greeting failed");
    }

    [Theory]
    [InlineData("exo.remote.tls.certificate = \"/nowhere.pem\"\nexo.remote.tls.authority = \"/nowhere.pem\"", "/nowhere.pem cannot be used")]
    [InlineData("exo.remote.cluster-key = k\nexo.remote.tls.minimum-version = \"1.1\"", "exo.remote.tls.minimum-version is 1.1")]
    public void Unusable_settings_end_the_start_with_the_key_that_is_wrong(string hocon, string says)
    {
        Exception error = Assert.ThrowsAny<Exception>(() => new Nodes().StartRemote("here", hocon));
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<IActorRef> Find(ActorSystem here, ActorSystem there, string name)
        => await here.ActorSelection($"{Nodes.AddressOf(there)}/user/{name}").ResolveOne(s_within);

    private static TcpRemoteTransport Transport(ActorSystem system)
        => ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;

    private static List<string> Warnings(ActorSystem system)
    {
        List<string> warnings = [];
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Collector(warnings))), typeof(Warning));
        return warnings;
    }

    private static int Count(List<string> warnings, string part)
    {
        lock (warnings)
            return warnings.Count(w => w.Contains(part, StringComparison.Ordinal));
    }

    private static Task Logged(List<string> warnings, string part)
        => Eventually.True(() => Count(warnings, part) > 0, s_within, part, () => string.Join('\n', warnings));

    private static async Task SendRawAsync(int port, byte[] bytes)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        await socket.SendAsync(bytes, SocketFlags.None);
        try
        {
            // An alert of TLS may come before the end.
            while (await socket.ReceiveAsync(new byte[64], SocketFlags.None) > 0)
            {
            }
        }
        catch (SocketException cause)
        {
            Assert.Equal(SocketError.ConnectionReset, cause.SocketErrorCode);
        }
    }

    private static async Task HttpsAsync(int port)
    {
        using TcpClient client = new("127.0.0.1", port);
        await using SslStream tls = new(client.GetStream(), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
        await tls.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Exception end = await Record.ExceptionAsync(async () => Assert.Equal(0, await tls.ReadAsync(new byte[16])));
        Assert.True(end is null or IOException, end?.ToString());
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Digest : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(SHA256.HashData((byte[])message), Self);
    }

    private sealed class InOrder(int count, TaskCompletionSource<string> done) : UntypedActor
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
}
