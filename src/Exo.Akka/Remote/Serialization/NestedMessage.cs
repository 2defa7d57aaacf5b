using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>A message inside another one: presence, serializer id, manifest, bytes.</summary>
internal static class NestedMessage
{
    /// <summary>Messages nest two or three deep; a tower of them would end the process with its stack.</summary>
    private const int MaxDepth = 16;

    [ThreadStatic]
    private static int s_depth;

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
        if (s_depth >= MaxDepth)
            throw new SerializationException($"Messages are nested more than {MaxDepth} deep");
        s_depth++;
        try
        {
            return system.Serialization.Deserialize(bytes, serializerId, manifest)
                ?? throw new SerializationException($"Serializer {serializerId} gave nothing for a nested message [{manifest}]");
        }
        finally
        {
            s_depth--;
        }
    }
}
