using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Remote.Transport;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;
using static Akka.Tests.Remote.Wires;

namespace Akka.Tests.Remote;

public sealed class TlsTests
{
    private const string Secret = "a text that nobody else should read";

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

        Assert.Equal(Secret, await echo.Ask<string>(Secret, Within));

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
    public async Task A_cluster_with_a_key_forms_and_sees_a_death()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [.. Enumerable.Range(0, 3).Select(_ => nodes.StartCluster("ring", Key))];
        foreach (ActorSystem system in systems)
            Akka.Cluster.Cluster.Get(system).Join(Nodes.AddressOf(systems[0]));
        await Eventually.True(() => systems.All(s => Nodes.SeesUp(s, 3)), Within, "three members are up");

        Transport(systems[2]).Dispose();

        await Eventually.True(() => systems[..2].All(s => Nodes.SeesUp(s, 2)), Within, "the dead one is removed");
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
            Assert.Equal("in", await (await echo.ResolveOne(Within)).Ask<string>("in", Within));
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
}
