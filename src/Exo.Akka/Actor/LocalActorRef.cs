using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The reference of an actor in this process.</summary>
internal class LocalActorRef : InternalActorRefBase
{
    public LocalActorRef(ActorSystemImpl system, Props props, IInternalActorRef parent, ActorPath path)
    {
        Path = path;
        Parent = parent;
        Cell = new ActorCell(system, this, props, parent, system.Dispatchers.Lookup(props.Dispatcher));
    }

    public ActorCell Cell { get; }

    public override ActorPath Path { get; }

    public override IInternalActorRef Parent { get; }

    public override IActorRefProvider Provider => Cell.SystemImpl.Provider;

    public override bool IsLocal => true;

    public override bool IsTerminated => Cell.IsTerminated;

    public override void Start() => Cell.Start();

    public override void Stop() => Cell.SendSystemMessage(new Terminate());

    public override void Suspend() => Cell.SendSystemMessage(new Suspend());

    public override void Resume(Exception causedByFailure = null) => Cell.SendSystemMessage(new Resume(causedByFailure));

    public override void Restart(Exception cause) => Cell.SendSystemMessage(new Recreate(cause));

    public override void SendSystemMessage(ISystemMessage message) => Cell.SendSystemMessage((SystemMessage)message);

    /// <summary>A child by name, name#uid included; null when there is none.</summary>
    public virtual IInternalActorRef GetSingleChild(string name) => Cell.ChildByName(name);

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        IInternalActorRef current = this;
        for (int i = 0; i < name.Count; i++)
        {
            if (current is not LocalActorRef local)
                return current.GetChild([.. name.Skip(i)]);
            current = name[i] switch
            {
                "" => current,
                ".." => current.Parent,
                string child => local.GetSingleChild(child),
            };
            if (current is null or Nobody)
                return ActorRefs.Nobody;
        }

        return current;
    }

    /// <summary>A tell whose wake-up the caller gives afterwards.</summary>
    public void Tell(object message, IActorRef sender, WakeUps wakeUps)
    {
        if (Cell.SystemImpl.VerifiesSerialization)
            message = Cell.SystemImpl.Serialization.RoundTrip(message);
        Cell.Mailbox.Post(message, sender, wakeUps);
    }

    protected override void TellInternal(object message, IActorRef sender) => Tell(message, sender, null);
}
