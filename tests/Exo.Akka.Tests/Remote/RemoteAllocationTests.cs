using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class RemoteAllocationTests
{
    private const int PayloadBytes = 64;
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_tell_to_another_node_allocates_nothing_but_what_its_serializer_does()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Sink()), "sink");
        IActorRef sink = await here.ActorSelection($"{Nodes.AddressOf(there)}/user/sink").ResolveOne(s_within);
        Association association = TransportOf(here).AssociationWith(sink.Path.Address);
        byte[] payload = new byte[PayloadBytes];

        long least = long.MaxValue;
        for (int round = 0; round < 50; round++)
        {
            await Eventually.True(() => association.IsIdle, s_within, "the queue to be written");
            least = Math.Min(least, Allocations.Of(() =>
            {
                for (int i = 0; i < 1000; i++)
                    sink.Tell(payload, ActorRefs.NoSender);
            }));
        }

        // The queue's segments grow in the first rounds; a batch that waits for the socket costs a few objects.
        Assert.True(least < 8 * 1000, $"{least} bytes for 1000 tells");
    }

    [Fact]
    public async Task A_message_that_comes_in_allocates_its_payload_and_its_envelope()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here");
        IActorRef sink = system.ActorOf(Props.Create(() => new Sink()), "sink");
        TcpRemoteTransport transport = TransportOf(system);
        Address stranger = new("akka.tcp", "there", "127.0.0.1", 1);
        using InboundConnection connection = new(transport, PeerConnection.Plain(new Socket(SocketType.Stream, ProtocolType.Tcp)), stranger, 7, Lane.Control);
        Assert.True(transport.AssociationWith(stranger).Met(7));
        RemoteActorRef recipient = new((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider, new RootActorPath(Nodes.AddressOf(system)) / "user" / "sink");
        using FrameBuffer frames = new(100_000);
        TextNumbers texts = new();
        int serializerId = ((ExtendedActorSystem)system).Serialization.FindSerializerFor(Array.Empty<byte>()).Identifier;
        connection.ReadFrames(Frames(1), out _);
        byte[] thousand = Frames(1000);

        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
            least = Math.Min(least, Allocations.Of(() => connection.ReadFrames(thousand, out _)));

        // Header, length and bytes of the payload; header, two references and the link of the envelope.
        Assert.True(least < (24 + PayloadBytes + 40 + 8) * 1000, $"{least} bytes for 1000 messages");
        Assert.Equal(20_001, await sink.Ask<int>("count", s_within));

        byte[] Frames(int count)
        {
            frames.Clear();
            for (int i = 0; i < count; i++)
            {
                int start = frames.BeginFrame(FrameKind.Message);
                texts.WriteRef(frames, recipient, stranger);
                texts.WriteRef(frames, null, stranger);
                frames.WriteInt32(serializerId);
                texts.WriteManifest(frames, "");
                frames.WriteBytes(new byte[PayloadBytes]);
                frames.EndFrame(start);
            }

            return frames.Written.ToArray();
        }
    }

    private static TcpRemoteTransport TransportOf(ActorSystem system) => ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;

    private sealed class Sink : UntypedActor
    {
        private int _count;

        protected override void OnReceive(object message)
        {
            if (message is byte[])
                _count++;
            else
                Sender.Tell(_count);
        }
    }
}
