using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The parent of the runtime's own actors. When the user guardian has ended it lets those who asked finish their work
/// (<see cref="RegisterTerminationHook"/> → <see cref="TerminationHook"/> → <see cref="TerminationHookDone"/>), then it stops.
/// </summary>
internal sealed class SystemGuardianActor(IActorRef userGuardian) : ActorBase
{
    private readonly HashSet<IActorRef> _hooks = [];
    private bool _terminating;

    protected override void PreStart() => Context.Watch(userGuardian);

    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(userGuardian):
                _terminating = true;
                foreach (IActorRef hook in _hooks)
                    hook.Tell(TerminationHook.Instance, Self);
                StopWhenDone();
                break;
            case Terminated terminated:
                _hooks.Remove(terminated.ActorRef);
                StopWhenDone();
                break;
            case TerminationHookDone:
                Context.Unwatch(Sender);
                _hooks.Remove(Sender);
                StopWhenDone();
                break;
            case RegisterTerminationHook when _terminating:
                Sender.Tell(TerminationHook.Instance, Self);
                break;
            case RegisterTerminationHook:
                _hooks.Add(Sender);
                Context.Watch(Sender);
                break;
            default:
                Context.System.EventStream.Publish(new DeadLetter(message, Sender, Self));
                break;
        }

        return true;
    }

    private void StopWhenDone()
    {
        if (_terminating && _hooks.Count == 0)
            Context.Stop(Self);
    }
}
