using Akka.Actor.Internal;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Actor;

/// <summary>
/// Makes and finds the references of one process. A provider with a network derives from it and overrides what concerns other addresses.
/// </summary>
internal class LocalActorRefProvider : IActorRefProvider
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RootGuardianActorRef _rootGuardian;
    private VirtualPathContainer _tempContainer;
    private long _tempNumber;

    public LocalActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    {
        Settings = settings;
        RootPath = new RootActorPath(new Address("akka", systemName));
        DeadLetterRef = new DeadLetterActorRef(this, RootPath / "deadLetters", eventStream);
        IgnoreRef = new IgnoreActorRef(this);
    }

    public Settings Settings { get; }

    public ActorPath RootPath { get; }

    public DeadLetterActorRef DeadLetterRef { get; }

    public IActorRef DeadLetters => DeadLetterRef;

    public IActorRef IgnoreRef { get; }

    public IInternalActorRef RootGuardian => _rootGuardian;

    public LocalActorRef Guardian { get; private set; }

    public LocalActorRef SystemGuardian { get; private set; }

    public IInternalActorRef TempContainer => _tempContainer;

    public Task TerminationTask => _terminated.Task;

    public virtual Address DefaultAddress => RootPath.Address;

    public virtual Information SerializationInformation => new(DefaultAddress, System);

    protected ActorSystemImpl System { get; private set; }

    public virtual void Init(ActorSystemImpl system)
    {
        System = system;
        ActorPath tempPath = RootPath / "temp";
        BubbleWalker walker = new(this, RootPath / "bubble-walker", _terminated, system);
        _rootGuardian = new RootGuardianActorRef(
            system, Props.Create(() => new RootGuardianActor()).WithSupervisorStrategy(RootGuardianActor.Strategy), walker, RootPath, DeadLetterRef);
        _tempContainer = new VirtualPathContainer(this, tempPath, _rootGuardian);
        _rootGuardian.AddExtraName("temp", _tempContainer);
        _rootGuardian.AddExtraName("deadLetters", DeadLetterRef);
        Guardian = _rootGuardian.Cell.AttachChild(Props.Create(() => new GuardianActor()).WithSupervisorStrategy(Settings.GuardianStrategy()), "user");
        SystemGuardian = _rootGuardian.Cell.AttachChild(Props.Create(() => new SystemGuardianActor(Guardian)), "system");
        _rootGuardian.SendSystemMessage(new Dispatch.SysMsg.Watch(SystemGuardian, _rootGuardian));
        _rootGuardian.Start();
        system.EventStream.StartLoggers(system);
    }

    public virtual Address GetExternalAddressFor(Address address) => address == RootPath.Address ? address : null;

    public virtual IActorRef RootGuardianAt(Address address) => address == RootPath.Address ? RootGuardian : DeadLetters;

    public virtual IActorRef ResolveActorRef(string path)
        => ActorPath.TryParse(path, out ActorPath parsed) ? ResolveActorRef(parsed) : DeadLetters;

    public virtual IActorRef ResolveActorRef(ActorPath actorPath)
        => actorPath.Address == RootPath.Address ? ResolveLocal(actorPath) : DeadLetters;

    public ActorPath TempPath() => _tempContainer.Path / ActorCell.AnonymousName(Interlocked.Increment(ref _tempNumber));

    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => _tempContainer.Add(path.Name, actorRef);

    public void UnregisterTempActor(ActorPath path) => _tempContainer.Remove(path.Name);

    /// <summary>The actor at the path's elements in this process, whatever its address says; the dead letters when there is none.</summary>
    public IActorRef ResolveLocal(ActorPath path)
    {
        if (IgnoreActorRef.IsIgnoreRefPath(path))
            return IgnoreRef;
        IActorRef found = _rootGuardian.GetChild(path.Elements);
        if (found is null or Nobody || (path.Uid != ActorPath.UndefinedUid && found.Path.Uid != path.Uid))
            return DeadLetters;
        return found;
    }
}
