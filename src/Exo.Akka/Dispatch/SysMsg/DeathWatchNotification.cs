using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

internal sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated) : SystemMessage
{
    public IActorRef Actor { get; } = actor;

    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    public bool AddressTerminated { get; } = addressTerminated;

    public override string ToString() => $"DeathWatchNotification({Actor}, {ExistenceConfirmed}, {AddressTerminated})";
}
