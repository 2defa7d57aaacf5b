using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

internal sealed class PrimitiveSerializers : SerializerWithStringManifest
{
    private const string StringManifest = "S";
    private const string IntManifest = "I";
    private const string LongManifest = "L";

    public PrimitiveSerializers(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override int Identifier => 17;

    public override string Manifest(object o) => o switch
    {
        string => StringManifest,
        int => IntManifest,
        long => LongManifest,
        _ => throw new SerializationException($"{o?.GetType()} is none of string, int and long"),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case string text:
                return Encoding.UTF8.GetBytes(text);
            case int number:
                byte[] four = new byte[sizeof(int)];
                BinaryPrimitives.WriteInt32LittleEndian(four, number);
                return four;
            case long number:
                byte[] eight = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(eight, number);
                return eight;
            default:
                throw new SerializationException($"{obj?.GetType()} is none of string, int and long");
        }
    }

    public override object FromBinary(byte[] bytes, string manifest) => (manifest, bytes.Length) switch
    {
        (StringManifest, _) => Encoding.UTF8.GetString(bytes),
        (IntManifest, sizeof(int)) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (LongManifest, sizeof(long)) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw new SerializationException($"{bytes.Length} bytes with manifest [{manifest}] are no string, int or long"),
    };
}
