using Akka.Event;

namespace Akka.Actor;

public abstract class ActorBase : IInternalActor
{
    private SupervisorStrategy _supervisorStrategy;
    private IActorRef _clearedSelf;

    protected ActorBase()
    {
        ActorCell cell = ActorCell.Current;
        if (cell is null || !cell.IsCreating)
        {
            throw new ActorInitializationException(
                $"You cannot create an instance of {GetType().FullName} with new: use ActorOf with Props");
        }

        if (this is IWithTimers timers)
            timers.Timers = new TimerScheduler(cell);
    }

    protected IActorRef Self => _clearedSelf ?? Context.Self;

    protected IActorRef Sender => Context.Sender;

    protected static IActorContext Context => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active actor context: this code runs outside of a message of the actor, for instance after an await or in a callback");

    IActorContext IInternalActor.ActorContext => Context;

    protected static Receive EmptyReceive { get; } = _ => false;

    public virtual void AroundPreStart() => PreStart();

    public virtual void AroundPostStop()
    {
        CancelTimers();
        PostStop();
    }

    public virtual void AroundPreRestart(Exception cause, object message)
    {
        CancelTimers();
        PreRestart(cause, message);
    }

    public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

    internal void InternalAroundReceive(Receive receive, object message) => AroundReceive(receive, message);

    internal void AroundPostRestart(Exception cause) => AroundPostRestart(cause, null);

    internal virtual Receive InitialBehavior() => Receive;

    internal SupervisorStrategy InternalSupervisorStrategy()
        => _supervisorStrategy ??= ActorCell.Current?.Props.SupervisorStrategy ?? SupervisorStrategy();

    internal void Clear(IActorRef self) => _clearedSelf = self;

    protected abstract bool Receive(object message);

    protected virtual bool AroundReceive(Receive receive, object message)
    {
        bool handled = receive(message);
        if (!handled)
            Unhandled(message);
        return handled;
    }

    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    protected virtual void PreStart()
    {
    }

    protected virtual void PostStop()
    {
    }

    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (IActorRef child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    protected virtual void PostRestart(Exception reason) => PreStart();

    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    protected void Become(Receive receive) => Context.Become(receive);

    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    /// <summary>An incarnation that ends has no timers any more when its own code hears of the end.</summary>
    private void CancelTimers()
    {
        if (this is IWithTimers { Timers: TimerScheduler timers })
            timers.CancelAll();
    }
}
