using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Transport;

namespace Akka.Remote;

/// <summary>The reference of an actor on another node.</summary>
internal sealed class RemoteActorRef : InternalActorRefBase
{
    private readonly RemoteActorRefProvider _provider;
    private int _lane = -1;

    public RemoteActorRef(RemoteActorRefProvider provider, ActorPath path)
    {
        _provider = provider;
        Path = path;
    }

    public override ActorPath Path { get; }

    public override IInternalActorRef Parent => Path.Parent is null ? this : new RemoteActorRef(_provider, Path.Parent);

    public override IActorRefProvider Provider => _provider;

    public override bool IsLocal => false;

    public override bool IsTerminated => false;

    /// <summary>The connection that all messages to this actor take.</summary>
    public Lane Lane
    {
        get
        {
            if (_lane < 0)
                _lane = (int)_provider.Transport.LaneOf(Path);
            return (Lane)_lane;
        }
    }

    public Association Association { get; set; }

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        RemoteActorRef current = this;
        foreach (string element in name)
        {
            current = element switch
            {
                "" => current,
                ".." => (RemoteActorRef)current.Parent,
                _ => new RemoteActorRef(_provider, current.Path / element),
            };
        }

        return current;
    }

    public override void Start()
    {
    }

    public override void Stop() => SendSystemMessage(new Terminate());

    public override void Suspend()
    {
    }

    public override void Resume(Exception causedByFailure = null)
    {
    }

    public override void Restart(Exception cause)
    {
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (_provider.Watches.Sending(this, message))
            _provider.Transport.SendSystem(message, this);
    }

    protected override void TellInternal(object message, IActorRef sender) => _provider.Transport.Send(message, sender, this);
}
