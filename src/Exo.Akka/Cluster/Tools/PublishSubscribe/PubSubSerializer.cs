using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster.Serialization;
using Akka.Remote.Serialization;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Messages between mediators, and what is told to a mediator of another node, in a compact form of our own.</summary>
internal sealed class PubSubSerializer : SerializerWithStringManifest
{
    /// <summary>More entries than any honest message has.</summary>
    private const uint MaxCount = 1_000_000;

    public PubSubSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override int Identifier => 9;

    public override string Manifest(object o) => o switch
    {
        PubSubProtocol.Status => "ST1",
        PubSubProtocol.Delta => "DL1",
        PubSubProtocol.Deliver => "DV1",
        Publish => "PB1",
        Send => "SN1",
        SendToAll => "SA1",
        _ => throw NotMine(o),
    };

    public override byte[] ToBinary(object obj)
    {
        using FrameBuffer buffer = new(256);
        switch (obj)
        {
            case PubSubProtocol.Status status:
                GossipCodec.Write(buffer, status.From);
                buffer.WriteByte(status.IsAnswer ? (byte)1 : (byte)0);
                buffer.WriteVarint((uint)status.Versions.Count);
                foreach ((UniqueAddress node, long version) in status.Versions)
                {
                    GossipCodec.Write(buffer, node);
                    buffer.WriteInt64(version);
                }

                break;
            case PubSubProtocol.Delta delta:
                buffer.WriteVarint((uint)delta.Parts.Length);
                foreach (PubSubProtocol.Part part in delta.Parts)
                    Write(buffer, part);
                break;
            case PubSubProtocol.Deliver deliver:
                Write(buffer, deliver.To);
                NestedMessage.Write(buffer, system, deliver.Message);
                break;
            case Publish publish:
                Write(buffer, publish.Topic, publish.SendOneMessageToEachGroup, publish.Message);
                break;
            case Send send:
                Write(buffer, send.Path, send.LocalAffinity, send.Message);
                break;
            case SendToAll toAll:
                Write(buffer, toAll.Path, toAll.ExcludeSelf, toAll.Message);
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
            case "ST1":
                UniqueAddress from = GossipCodec.ReadNode(ref cursor);
                bool isAnswer = cursor.ReadByte() != 0;
                ImmutableDictionary<UniqueAddress, long>.Builder versions = ImmutableDictionary.CreateBuilder<UniqueAddress, long>();
                for (uint left = Count(ref cursor); left > 0; left--)
                {
                    UniqueAddress node = GossipCodec.ReadNode(ref cursor);
                    versions[node] = cursor.ReadInt64();
                }

                return new PubSubProtocol.Status(from, versions.ToImmutable(), isAnswer);
            case "DL1":
                ImmutableArray<PubSubProtocol.Part>.Builder parts = ImmutableArray.CreateBuilder<PubSubProtocol.Part>();
                for (uint left = Count(ref cursor); left > 0; left--)
                    parts.Add(ReadPart(ref cursor));
                return new PubSubProtocol.Delta(parts.ToImmutable());
            case "DV1":
                Registration to = ReadRegistration(ref cursor);
                return new PubSubProtocol.Deliver(to, NestedMessage.Read(ref cursor, system));
            case "PB1":
                (string topic, bool toGroups) = ReadTarget(ref cursor);
                return new Publish(topic, NestedMessage.Read(ref cursor, system), toGroups);
            case "SN1":
                (string path, bool localAffinity) = ReadTarget(ref cursor);
                return new Send(path, NestedMessage.Read(ref cursor, system), localAffinity);
            case "SA1":
                (string everywhere, bool excludeSelf) = ReadTarget(ref cursor);
                return new SendToAll(everywhere, NestedMessage.Read(ref cursor, system), excludeSelf);
            default:
                throw new SerializationException($"Unknown manifest [{manifest}]: the other node's publish-subscribe is another version");
        }
    }

    private static void Write(FrameBuffer buffer, PubSubProtocol.Part part)
    {
        GossipCodec.Write(buffer, part.Owner);
        buffer.WriteInt64(part.After);
        buffer.WriteInt64(part.UpTo);
        buffer.WriteVarint((uint)part.Changes.Length);
        foreach (PubSubProtocol.Change change in part.Changes)
        {
            Write(buffer, change.Registration);
            buffer.WriteInt64(change.Version);
            buffer.WriteByte(change.IsThere ? (byte)1 : (byte)0);
        }
    }

    private static void Write(FrameBuffer buffer, Registration registration)
    {
        buffer.WriteByte((byte)registration.Kind);
        buffer.WriteText(registration.Name);
        buffer.WriteText(registration.Group);
    }

    private static PubSubProtocol.Part ReadPart(ref FrameCursor cursor)
    {
        UniqueAddress owner = GossipCodec.ReadNode(ref cursor);
        long after = cursor.ReadInt64();
        long upTo = cursor.ReadInt64();
        ImmutableArray<PubSubProtocol.Change>.Builder changes = ImmutableArray.CreateBuilder<PubSubProtocol.Change>();
        for (uint left = Count(ref cursor); left > 0; left--)
        {
            Registration registration = ReadRegistration(ref cursor);
            long version = cursor.ReadInt64();
            changes.Add(new PubSubProtocol.Change(registration, version, cursor.ReadByte() != 0));
        }

        return new PubSubProtocol.Part(owner, after, upTo, changes.ToImmutable());
    }

    private static Registration ReadRegistration(ref FrameCursor cursor)
    {
        RegistrationKind kind = (RegistrationKind)cursor.ReadByte();
        if (kind > RegistrationKind.Group)
            throw new SerializationException($"A registration of kind {(byte)kind}");
        string name = cursor.ReadText();
        return new Registration(kind, name, cursor.ReadText());
    }

    private static (string Name, bool Flag) ReadTarget(ref FrameCursor cursor)
    {
        string name = cursor.ReadText();
        return (name, cursor.ReadByte() != 0);
    }

    private static uint Count(ref FrameCursor cursor)
    {
        uint count = cursor.ReadVarint();
        return count <= MaxCount ? count : throw new SerializationException($"A message with {count} entries; at most {MaxCount} are allowed");
    }

    private static SerializationException NotMine(object o) => new($"{o?.GetType()} is no message of publish-subscribe");

    private void Write(FrameBuffer buffer, string name, bool flag, object message)
    {
        buffer.WriteText(name);
        buffer.WriteByte(flag ? (byte)1 : (byte)0);
        NestedMessage.Write(buffer, system, message);
    }
}
