using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Remote;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Remote;

public sealed class AddressTests
{
    [Theory]
    [InlineData("remote")]
    [InlineData("cluster")]
    [InlineData("\"Akka.Remote.RemoteActorRefProvider, Akka.Remote\"")]
    [InlineData("\"Akka.Cluster.ClusterActorRefProvider, Akka.Cluster\"")]
    public async Task The_provider_is_named_by_a_word_or_by_its_class(string provider)
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here", $"akka.actor.provider = {provider}");

        Assert.Equal("akka.tcp", Nodes.AddressOf(system).Protocol);
    }

    [Fact]
    public async Task With_port_0_the_address_has_the_port_that_was_bound_once_the_system_is_made()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here");

        Address address = Nodes.AddressOf(system);

        Assert.Equal($"akka.tcp://here@127.0.0.1:{address.Port}", address.ToString());
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", address.Port!.Value);
        Assert.True(client.Connected);
    }

    [Fact]
    public async Task The_public_host_and_port_are_the_address_that_others_see()
    {
        await using Nodes nodes = new();
        int port = Nodes.FreePort();
        ActorSystem system = nodes.StartRemote("here", $"akka.remote.dot-netty.tcp {{ port = {port}, public-hostname = \"some.example\", public-port = 4711\n }}");

        Assert.Equal(new Address("akka.tcp", "here", "some.example", 4711), Nodes.AddressOf(system));
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port);
        Assert.True(client.Connected);
    }

    [Fact]
    public async Task A_remote_reference_names_the_actor_by_its_full_address()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        IActorRef local = there.ActorOf(Props.Create(() => new Echo()), "echo");

        IActorRef remote = await Remotes.Find(here, there, "echo");

        Assert.Equal($"{Nodes.AddressOf(there)}/user/echo", remote.Path.ToString());
        Assert.Equal($"{Nodes.AddressOf(there)}/user/echo#{local.Path.Uid}", remote.Path.ToSerializationFormat());
    }

    [Fact]
    public async Task The_full_address_of_an_own_actor_leads_to_the_actor_itself()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here");
        IActorRef echo = system.ActorOf(Props.Create(() => new Echo()), "echo");

        Assert.Equal(echo, Remotes.Resolve(system, $"{Nodes.AddressOf(system)}/user/echo"));
    }

    [Fact]
    public async Task A_message_for_an_alias_of_the_nodes_address_is_dropped()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Remotes.Quick);
        ActorSystem there = nodes.StartRemote("there", Remotes.Quick);
        Probe receiver = new(there);
        Probe logged = Remotes.Listen(there, typeof(Error), typeof(Warning));
        string path = receiver.Ref.Path.ToStringWithAddress(Nodes.AddressOf(there).WithHost("localhost"));

        Remotes.Resolve(here, path).Tell("astray", ActorRefs.NoSender);

        await logged.Expect<LogEvent>();
        IActorRef straight = Remotes.Resolve(here, receiver.Ref.Path.ToStringWithAddress(Nodes.AddressOf(there)));
        await Eventually.True(
            () =>
            {
                straight.Tell("straight", ActorRefs.NoSender);
                return receiver.Unread() is { Count: > 0 } received && received.All(message => Equals(message.Message, "straight"));
            },
            Remotes.Within,
            "only what has the right address comes");
    }

    [Fact]
    public async Task The_uid_of_a_system_is_another_one_after_a_restart_at_the_same_address()
    {
        await using Nodes nodes = new();
        ActorSystem first = nodes.StartRemote("here");
        int port = Nodes.AddressOf(first).Port!.Value;
        int uid = AddressUidExtension.Uid(first);
        Assert.Equal(uid, AddressUidExtension.Uid(first));
        await first.Terminate();

        ActorSystem second = nodes.StartRemote("here", $"akka.remote.dot-netty.tcp.port = {port}");

        Assert.Equal(port, Nodes.AddressOf(second).Port);
        Assert.NotEqual(uid, AddressUidExtension.Uid(second));
    }

    [Fact]
    public void A_port_that_is_taken_ends_the_start()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();

        Assert.ThrowsAny<Exception>(() => new Nodes().StartRemote("here", $"akka.remote.dot-netty.tcp.port = {((IPEndPoint)taken.LocalEndPoint!).Port}"));
    }

    [Fact]
    public void A_frame_size_below_32000_bytes_ends_the_start()
        => Assert.ThrowsAny<Exception>(() => new Nodes().StartRemote("here", "akka.remote.dot-netty.tcp.maximum-frame-size = 31999b"));
}
