using Akka.Actor.Internal;
using Akka.Serialization;

namespace Akka.Remote.Transport;

/// <summary>A message as serializer id, manifest and bytes.</summary>
internal static class MessageContainer
{
    public static (int Id, string Manifest, byte[] Payload) Serialize(ActorSystemImpl system, Serializer serializer, object message)
        => Akka.Serialization.Serialization.WithTransport(
            system,
            system.Provider.DefaultAddress,
            () => (serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, message), serializer.ToBinary(message)));
}
