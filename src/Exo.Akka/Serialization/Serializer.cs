using Akka.Actor;

namespace Akka.Serialization;

public abstract class Serializer
{
#pragma warning disable IDE1006, SA1401 // The name and the field are the library's.
    protected readonly ExtendedActorSystem system;
#pragma warning restore IDE1006, SA1401

    private int? _identifier;

    protected Serializer(ExtendedActorSystem system)
    {
        this.system = system;
    }

    public virtual int Identifier => _identifier ??= SerializerIdentifiers.Configured(GetType(), system);

    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);

    public abstract object FromBinary(byte[] bytes, Type type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));

    public byte[] ToBinaryWithAddress(Address address, object obj)
        => Serialization.WithTransport(system, address, () => ToBinary(obj));
}
