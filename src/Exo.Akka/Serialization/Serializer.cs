using Akka.Actor;

namespace Akka.Serialization;

public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

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
