using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>The local provider plus references to other nodes, a transport, and death watch across it.</summary>
internal class RemoteActorRefProvider : LocalActorRefProvider
{
    private Information _information;

    public RemoteActorRefProvider(string systemName, Settings settings, EventStream eventStream)
        : base(systemName, settings, eventStream)
    {
        settings.InjectTopLevelFallback(RemoteConfigFactory.Default());
        Watches = new RemoteWatches(this);
    }

    public TcpRemoteTransport Transport { get; private set; }

    public RemoteWatches Watches { get; }

    public override Address DefaultAddress => Transport?.DefaultAddress ?? base.DefaultAddress;

    /// <summary>Asked for at every message that goes out or comes in: made anew only when the address has changed.</summary>
    public override Information SerializationInformation
    {
        get
        {
            Information known = _information;
            Address address = DefaultAddress;
            return ReferenceEquals(known?.Address, address) ? known : _information = new Information(address, System);
        }
    }

    public override void Init(ActorSystemImpl system)
    {
        base.Init(system);
        TransportOptions options = TransportOptions.Read(Settings.Config);
        Transport = new TcpRemoteTransport(system, this, options);
        Transport.Start();
        _ = new RemoteWatchProbe(system, this);
        system.SystemActorOf(Props.Create(() => new RemotingTerminator(Transport)), "remoting-terminator");
        _ = TerminationTask.ContinueWith(_ => Transport.Dispose(), TaskScheduler.Default);
    }

    /// <summary>Members are watched by the cluster: their death is its decision.</summary>
    public virtual bool IsClusterMember(Address address) => false;

    public bool HasAddress(Address address) => address.Equals(RootPath.Address) || address.Equals(DefaultAddress);

    public void Quarantine(Address address, int? uid) => Transport.Quarantine(address, uid, "asked for by this node");

    public override Address GetExternalAddressFor(Address address)
        => HasAddress(address) ? RootPath.Address : address.Protocol == DefaultAddress.Protocol ? DefaultAddress : null;

    public override IActorRef RootGuardianAt(Address address)
        => HasAddress(address) ? RootGuardian : address.HasGlobalScope ? new RemoteActorRef(this, new RootActorPath(address)) : DeadLetters;

    public override IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (HasAddress(actorPath.Address))
            return ResolveLocal(actorPath);
        return actorPath.Address.HasGlobalScope && actorPath.Address.Port is not null ? new RemoteActorRef(this, actorPath) : DeadLetters;
    }

    /// <summary>Holds the end of the system back until what was told to other nodes has been written.</summary>
    private sealed class RemotingTerminator(TcpRemoteTransport transport) : ActorBase
    {
        private IActorRef _guardian;

        protected override void PreStart()
        {
            _guardian = ((ExtendedActorSystem)Context.System).SystemGuardian;
            _guardian.Tell(RegisterTerminationHook.Instance, Self);
        }

        protected override bool Receive(object message)
        {
            switch (message)
            {
                case TerminationHook:
                    transport.ShutdownAsync().PipeTo(Self, success: () => Done.Instance);
                    return true;
                case Done:
                case Status.Failure:
                    _guardian.Tell(TerminationHookDone.Instance, Self);
                    return true;
                default:
                    return false;
            }
        }
    }
}
