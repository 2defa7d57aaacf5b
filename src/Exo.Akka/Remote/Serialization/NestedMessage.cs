using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>A message inside another one: presence, serializer id, manifest, bytes.</summary>
internal static class NestedMessage
{
    public static void Write(FrameBuffer buffer, ExtendedActorSystem system, object message)
    {
        if (message is null)
        {
            buffer.WriteByte(0);
            return;
        }

        Serializer serializer = system.Serialization.FindSerializerFor(message);
        byte[] bytes = serializer.ToBinary(message);
        buffer.WriteByte(1);
        buffer.WriteInt32(serializer.Identifier);
        buffer.WriteText(Akka.Serialization.Serialization.ManifestFor(serializer, message));
        buffer.WriteVarint((uint)bytes.Length);
        buffer.WriteBytes(bytes);
    }

    public static object Read(ref FrameCursor cursor, ExtendedActorSystem system)
    {
        if (cursor.ReadByte() == 0)
            return null;
        int serializerId = cursor.ReadInt32();
        string manifest = cursor.ReadText();
        byte[] bytes = cursor.Take(checked((int)Math.Min(cursor.ReadVarint(), int.MaxValue))).ToArray();
        return system.Serialization.Deserialize(bytes, serializerId, manifest)
            ?? throw new SerializationException($"Serializer {serializerId} gave nothing for a nested message [{manifest}]");
    }
}
