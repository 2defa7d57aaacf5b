using Akka.Actor.Internal;
using Akka.Serialization;

namespace Akka.Remote.Transport;

/// <summary>A message as serializer id, manifest and bytes.</summary>
internal static class MessageContainer
{
    public static (int Id, string Manifest, byte[] Payload) Serialize(ActorSystemImpl system, Serializer serializer, object message)
    {
        Information outer = Akka.Serialization.Serialization.EnterTransport(system.Provider.SerializationInformation);
        try
        {
            return (serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, message), serializer.ToBinary(message));
        }
        finally
        {
            Akka.Serialization.Serialization.LeaveTransport(outer);
        }
    }
}
