using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

internal sealed class Failed(IActorRef child, Exception cause, long uid) : SystemMessage
{
    public IActorRef Child { get; } = child;

    public Exception Cause { get; } = cause;

    public long Uid { get; } = uid;

    public override string ToString() => $"Failed({Child}, {Cause.GetType().Name})";
}
