using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

internal sealed class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;

    public IInternalActorRef Watcher { get; } = watcher;

    public override string ToString() => $"Watch({Watchee} by {Watcher})";
}
