using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Serialization;

public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system)
        : base(system)
    {
    }

    public sealed override bool IncludeManifest => true;

    public sealed override object FromBinary(byte[] bytes, Type type)
        => throw new SerializationException($"{GetType()} reads by manifest, not by type");

    public abstract object FromBinary(byte[] bytes, string manifest);

    public abstract string Manifest(object o);
}
