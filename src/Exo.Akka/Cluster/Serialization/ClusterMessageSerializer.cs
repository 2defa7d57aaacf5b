using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster.Membership;
using Akka.Remote.Transport;
using Akka.Serialization;
using Akka.Util;

namespace Akka.Cluster.Serialization;

/// <summary>Messages between cluster daemons, in a compact form of our own.</summary>
internal sealed class ClusterMessageSerializer : SerializerWithStringManifest
{
    public ClusterMessageSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override int Identifier => 5;

    public override string Manifest(object o) => o switch
    {
        ClusterProtocol.InitJoin => "IJ1",
        ClusterProtocol.InitJoinAck => "IJA1",
        ClusterProtocol.InitJoinNack => "IJN1",
        ClusterProtocol.Join => "J1",
        ClusterProtocol.Welcome => "W1",
        ClusterProtocol.Leave => "L1",
        ClusterProtocol.Down => "D1",
        ClusterProtocol.GossipEnvelope => "GE1",
        ClusterProtocol.GossipStatus => "GS2",
        ClusterProtocol.ExitingConfirmed => "EC1",
        _ => throw NotMine(o),
    };

    public override byte[] ToBinary(object obj)
    {
        using FrameBuffer buffer = new(1024);
        switch (obj)
        {
            case ClusterProtocol.InitJoin:
                break;
            case ClusterProtocol.InitJoinAck ack:
                buffer.WriteText(ack.From.ToString());
                break;
            case ClusterProtocol.InitJoinNack nack:
                buffer.WriteText(nack.From.ToString());
                break;
            case ClusterProtocol.Join join:
                GossipCodec.Write(buffer, join.Node);
                GossipCodec.Write(buffer, join.Roles);
                buffer.WriteText(join.AppVersion.Version);
                break;
            case ClusterProtocol.Welcome welcome:
                GossipCodec.Write(buffer, welcome.From);
                GossipCodec.Write(buffer, welcome.Gossip);
                break;
            case ClusterProtocol.Leave leave:
                buffer.WriteText(leave.Address.ToString());
                break;
            case ClusterProtocol.Down down:
                buffer.WriteText(down.Address.ToString());
                break;
            case ClusterProtocol.GossipEnvelope envelope:
                GossipCodec.Write(buffer, envelope.From);
                GossipCodec.Write(buffer, envelope.To);
                GossipCodec.Write(buffer, envelope.Gossip);
                break;
            case ClusterProtocol.GossipStatus status:
                GossipCodec.Write(buffer, status.From);
                GossipCodec.Write(buffer, status.Version);
                buffer.WriteInt32(status.SeenDigest);
                break;
            case ClusterProtocol.ExitingConfirmed confirmed:
                GossipCodec.Write(buffer, confirmed.Node);
                break;
            default:
                throw NotMine(obj);
        }

        return buffer.Written.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        FrameCursor cursor = new(bytes);
        switch (manifest)
        {
            case "IJ1":
                return new ClusterProtocol.InitJoin();
            case "IJA1":
                return new ClusterProtocol.InitJoinAck(Address.Parse(cursor.ReadText()));
            case "IJN1":
                return new ClusterProtocol.InitJoinNack(Address.Parse(cursor.ReadText()));
            case "J1":
                UniqueAddress node = GossipCodec.ReadNode(ref cursor);
                ImmutableHashSet<string> roles = GossipCodec.ReadRoles(ref cursor);
                return new ClusterProtocol.Join(node, roles, AppVersion.Create(cursor.ReadText()));
            case "W1":
                UniqueAddress welcomer = GossipCodec.ReadNode(ref cursor);
                return new ClusterProtocol.Welcome(welcomer, GossipCodec.ReadGossip(ref cursor));
            case "L1":
                return new ClusterProtocol.Leave(Address.Parse(cursor.ReadText()));
            case "D1":
                return new ClusterProtocol.Down(Address.Parse(cursor.ReadText()));
            case "GE1":
                UniqueAddress from = GossipCodec.ReadNode(ref cursor);
                UniqueAddress to = GossipCodec.ReadNode(ref cursor);
                return new ClusterProtocol.GossipEnvelope(from, to, GossipCodec.ReadGossip(ref cursor));
            case "GS2":
                UniqueAddress sender = GossipCodec.ReadNode(ref cursor);
                VectorClock version = GossipCodec.ReadVersion(ref cursor);
                return new ClusterProtocol.GossipStatus(sender, version, cursor.ReadInt32());
            case "EC1":
                return new ClusterProtocol.ExitingConfirmed(GossipCodec.ReadNode(ref cursor));
            default:
                throw new SerializationException($"Unknown manifest [{manifest}]: the other node's cluster protocol is another version");
        }
    }

    private static SerializationException NotMine(object o) => new($"{o?.GetType()} is no message of the cluster protocol");
}
