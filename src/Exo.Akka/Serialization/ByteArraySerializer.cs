using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Serialization;

public class ByteArraySerializer : Serializer
{
    public ByteArraySerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => obj switch
    {
        null => null,
        byte[] bytes => bytes,
        _ => throw new SerializationException($"Object of type {obj.GetType()} is not a byte array"),
    };

    public override object FromBinary(byte[] bytes, Type type) => bytes;
}
