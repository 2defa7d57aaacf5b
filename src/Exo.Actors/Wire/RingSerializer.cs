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
    public override byte[] ToBinary(object obj) => WireTable.Write(obj);

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) => WireTable.Read(bytes, manifest);
}
