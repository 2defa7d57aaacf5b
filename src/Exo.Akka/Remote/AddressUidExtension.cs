using Akka.Actor;

namespace Akka.Remote;

public class AddressUidExtension : ExtensionIdProvider<AddressUid>
{
    private static readonly AddressUidExtension s_instance = new();

    public static int Uid(ActorSystem system) => s_instance.Apply(system).Uid;

    public override AddressUid CreateExtension(ExtendedActorSystem system) => new();
}
