using System.Collections.Concurrent;
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

public sealed class RemotingEventTests
{
    private const string Logged = "akka.loggers = [\"Akka.Guarantees.Remote.RemotingEventTests+Recorder, Exo.Akka.Guarantees.Tests\"]\n";

    [Fact]
    public async Task An_association_is_published_at_both_ends()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        Probe hereSaw = Remotes.Listen(here, typeof(AssociatedEvent));
        Probe thereSaw = Remotes.Listen(there, typeof(AssociationEvent));
        there.ActorOf(Props.Create(() => new Echo()), "echo");

        await Remotes.Find(here, there, "echo");

        AssociatedEvent opened = await hereSaw.Expect<AssociatedEvent>();
        Assert.Equal((Nodes.AddressOf(here), Nodes.AddressOf(there), false), (opened.LocalAddress, opened.RemoteAddress, opened.IsInbound));
        AssociatedEvent accepted = await thereSaw.Expect<AssociatedEvent>();
        Assert.Equal((Nodes.AddressOf(there), Nodes.AddressOf(here), true), (accepted.LocalAddress, accepted.RemoteAddress, accepted.IsInbound));
    }

    [Fact]
    public async Task The_end_of_an_association_is_published()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        await Remotes.Find(here, there, "echo");
        Probe saw = Remotes.Listen(here, typeof(DisassociatedEvent));

        await there.Terminate();

        DisassociatedEvent ended = await saw.Expect<DisassociatedEvent>();
        Assert.Equal((Nodes.AddressOf(here), Nodes.AddressOf(there)), (ended.LocalAddress, ended.RemoteAddress));
    }

    [Fact]
    public async Task A_refused_association_is_published_with_its_cause()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        Probe saw = Remotes.Listen(here, typeof(AssociationErrorEvent));
        Address nobody = Nodes.AddressOf(here).WithPort(Nodes.FreePort());

        Remotes.Resolve(here, $"{nobody}/user/x").Tell("hello", ActorRefs.NoSender);

        AssociationErrorEvent refused = await saw.Expect<AssociationErrorEvent>();
        Assert.Equal((nobody, false), (refused.RemoteAddress, refused.IsInbound));
        Assert.NotNull(refused.Cause);
    }

    [Fact]
    public async Task Every_remoting_event_is_a_RemotingLifecycleEvent()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        Probe saw = Remotes.Listen(here, typeof(RemotingLifecycleEvent));

        Remotes.Resolve(here, $"{Nodes.AddressOf(here).WithPort(Nodes.FreePort())}/user/x").Tell("hello", ActorRefs.NoSender);

        await saw.Expect<AssociationErrorEvent>();
    }

    [Fact]
    public async Task The_listen_addresses_are_published_at_the_start()
    {
        await using Nodes nodes = new();
        Address address = Nodes.AddressOf(nodes.StartRemote("events", Logged));

        await Eventually.True(
            () => Recorder.Seen.OfType<RemotingListenEvent>().Any(listens => listens.ListenAddresses.SequenceEqual([address])),
            Remotes.Within,
            "the start is published");
    }

    [Fact]
    public async Task The_shutdown_is_published_at_the_end()
    {
        await using Nodes nodes = new();
        TaskCompletionSource<RemotingShutdownEvent> ended = new();

        // Who hears of it is about to end too, maybe before it has read the event.
        await Eventually.True(
            async () =>
            {
                ActorSystem system = nodes.StartRemote("events");
                system.EventStream.Subscribe(((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new Taker(ended)), "taker"), typeof(RemotingShutdownEvent));
                await system.Terminate();
                return ended.Task.IsCompleted;
            },
            Remotes.Within,
            "the end is published");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_published_as_an_error()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        // The system ends at once, maybe before its logger has read the event.
        await Eventually.True(
            () =>
            {
                Assert.ThrowsAny<Exception>(() => new Nodes().StartRemote("here", $"{Logged}akka.remote.dot-netty.tcp.port = {port}"));
                return Recorder.Seen.OfType<RemotingErrorEvent>().Any(error => error.Cause is not null);
            },
            Remotes.Within,
            "the failure is published");
    }

    /// <summary>A logger is there before the transport.</summary>
    internal sealed class Recorder : ReceiveActor
    {
        public static readonly ConcurrentQueue<object> Seen = new();

        public Recorder()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<RemotingLifecycleEvent>(Seen.Enqueue);
            ReceiveAny(_ => { });
        }

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(RemotingLifecycleEvent));
    }

    private sealed class Taker(TaskCompletionSource<RemotingShutdownEvent> taken) : UntypedActor
    {
        protected override void OnReceive(object message) => taken.TrySetResult((RemotingShutdownEvent)message);
    }
}
