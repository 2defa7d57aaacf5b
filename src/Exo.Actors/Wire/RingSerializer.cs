using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Exo.Actors.Wire;

/// <summary>Akka's face of the <see cref="WireTable"/>: bound to <see cref="Protocol.IWireMessage"/> in reference.conf.</summary>
/// <param name="system">Its actor system.</param>
public sealed class RingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc />
    public override int Identifier => 120;

    /// <inheritdoc />
    public override string Manifest(object o) => WireTable.Manifest(o);

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        try
        {
            return WireTable.Write(obj);
        }
        catch (Exception cause) when (cause is not SerializationException)
        {
            // Akka.NET drops the message for this exception alone; for any other it tears the connection down.
            throw new SerializationException($"{obj?.GetType()} could not be written: {cause.Message}", cause);
        }
    }

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) => WireTable.Read(bytes, manifest);
}
