using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private static readonly IActorRef s_failedSelf = new Nobody();

    // Who this cell failed for: null = not failed, a child that escalated, or s_failedSelf.
    private IActorRef _failedFor;
    private object _failedMessage;
    private IActorRef _failedSender;
    private int _suspensions;
    private int _taskSuspensions;

    private bool IsFailed => _failedFor is not null;

    private void SuspendMailbox()
    {
        _suspensions++;
        Mailbox.Suspend();
    }

    private void ResumeMailbox()
    {
        if (_suspensions == 0)
            return;
        _suspensions--;
        Mailbox.Resume();
    }

    private void CreateFirst()
    {
        try
        {
            NewActor();
            _actor.AroundPreStart();
            CheckReceiveTimeout();
        }
#pragma warning disable CA1031 // An exception in user code at creation is an initialisation failure.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            ClearActor();
            HandleInvokeFailure(new ActorInitializationException(Self, $"Exception during creation of {Self}: {cause.Message}", cause));
        }
    }

    private void NewActor()
    {
        _behaviors.Clear();
        _behavior = null;
        IsCreating = true;
        ActorBase actor;
        try
        {
            actor = Props.NewActor() ?? throw new ActorInitializationException(Self, "The actor's producer returned null");
        }
        finally
        {
            IsCreating = false;
        }

        _actor = actor;
        // The constructor may have called Become: its behaviour lies above the initial one.
        Receive chosen = _behavior;
        Receive[] stacked = [.. _behaviors];
        _behaviors.Clear();
        _behaviors.Push(actor.InitialBehavior());
        for (int i = stacked.Length - 1; i >= 0; i--)
            _behaviors.Push(stacked[i]);
        _behavior = chosen ?? _behaviors.Peek();
        if (actor is IActorStash stashing)
            stashing.Stash = new ActorStash(this, StashCapacityOf(actor));
    }

    /// <summary>-1 = unbounded, which a stash that says so in its name always is.</summary>
    private int StashCapacityOf(ActorBase actor)
    {
        if (actor is IWithUnboundedStash and not IWithBoundedStash)
            return Deploy.NoStashSize;
        return Props.Deploy.StashCapacity != Deploy.NoStashSize ? Props.Deploy.StashCapacity : SystemImpl.Mailboxes.StashCapacityOf(Props);
    }

    /// <summary>Ends the incarnation: it gets no more messages and its stash goes back to the mailbox.</summary>
    private void ClearActor()
    {
        ActorBase actor = _actor;
        _actor = null;
        if (actor is null)
            return;
        if (actor is IActorStash { Stash: ActorStash stash })
            stash.ReturnAll();
        if (actor is IWithTimers { Timers: TimerScheduler timers })
            timers.CancelAll();
        actor.Clear(Self);
        _behaviors.Clear();
        _behavior = null;
        Props.Release(actor);
    }

    private void HandleInvokeFailure(Exception cause, IActorRef perpetrator = null)
    {
        if (IsFailed || _waiting == WaitingFor.Termination)
        {
            // One failure at a time; what fails while it ends has no supervisor to ask.
            string state = IsFailed ? "has already failed" : "stops";
            Publish(new Error(cause, Self.ToString(), typeof(ActorCell), $"Failure of {Self} while it {state}: {cause.Message}"));
            return;
        }

        SuspendMailbox();
        _failedFor = perpetrator ?? s_failedSelf;
        _failedMessage = _message;
        _failedSender = _sender;
        SuspendChildren(perpetrator);
        Parent.SendSystemMessage(new Failed(Self, cause, Self.Path.Uid));
    }

    private void FaultSuspend()
    {
        SuspendMailbox();
        SuspendChildren(except: null);
    }

    private void FaultResume(Exception causedByFailure)
    {
        if (_actor is null && causedByFailure is not null)
        {
            // There is nothing to resume: the incarnation never came to be.
            FaultCreate();
            return;
        }

        IActorRef perpetrator = _failedFor;
        ResumeMailbox();
        if (causedByFailure is not null)
            ClearFailed();
        ResumeChildren(causedByFailure, perpetrator);
    }

    private void ClearFailed()
    {
        _failedFor = null;
        _failedMessage = null;
        _failedSender = null;
    }

    private void FaultRecreate(Exception cause)
    {
        if (_waiting == WaitingFor.Termination)
        {
            ResumeMailbox();
            return;
        }

        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        ActorBase failed = _actor;
        object message = _failedMessage;
        try
        {
            // The old incarnation's last words may be for whoever sent what it failed on.
            SetCurrentMessage(message, _failedSender);
            failed.AroundPreRestart(cause, message);
        }
#pragma warning disable CA1031 // The old incarnation ends in any case; its last words are logged.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            PreRestartException wrapped = new(Self, thrown, cause, message);
            Publish(new Error(wrapped, Self.ToString(), failed.GetType(), thrown.Message));
        }
        finally
        {
            SetCurrentMessage(null, null);
        }

        ClearActor();
        _waiting = WaitingFor.Restart;
        if (HasChildrenToAwait())
        {
            _restartCause = cause;
            return;
        }

        _waiting = WaitingFor.Nothing;
        FinishRecreate(cause);
    }

    private void FinishRecreate(Exception cause)
    {
        List<ChildRestartStats> survivors = ChildSnapshot();
        try
        {
            NewActor();
            ResumeMailbox();
            ClearFailed();
            _actor.AroundPostRestart(cause);
            CheckReceiveTimeout();
            foreach (ChildRestartStats survivor in survivors)
            {
                survivor.Child.Restart(cause);
            }
        }
#pragma warning disable CA1031 // A throw in the new constructor or PostRestart fails the actor again.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            ClearActor();
            ResumeMailbox();
            ClearFailed();
            HandleInvokeFailure(new PostRestartException(Self, thrown, cause));
        }
    }

    // The supervisor wants a restart or resume of an actor whose first incarnation failed.
    private void FaultCreate()
    {
        StopAllChildren();
        _waiting = WaitingFor.Creation;
        if (HasChildrenToAwait())
            return;
        _waiting = WaitingFor.Nothing;
        FinishCreate();
    }

    private void FinishCreate()
    {
        ResumeMailbox();
        ClearFailed();
        CreateFirst();
    }

    private void Terminate()
    {
        if (_waiting == WaitingFor.Termination)
            return;
        SetReceiveTimeout(null);
        UnwatchAll();
        lock (_childLock)
            _noMoreChildren = true;
        StopAllChildren();
        _waiting = WaitingFor.Termination;
        if (HasChildrenToAwait())
        {
            // User messages wait for the end; it sends them to the dead letters.
            SuspendMailbox();
            return;
        }

        FinishTerminate();
    }

    private void FinishTerminate()
    {
        ActorBase actor = _actor;
        try
        {
            actor?.AroundPostStop();
        }
#pragma warning disable CA1031 // The actor ends in any case; its last words are logged.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            Publish(new Error(thrown, Self.ToString(), actor.GetType(), thrown.Message));
        }

        ClearActor();
        SystemImpl.Forget(Self);
        // The order matters: closed before anyone is told, the parent (which frees the name) before the watchers.
        Mailbox.Close();
        Dispatcher.Detach();
        Parent.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        TellWatchers();
        UnwatchAll();
    }

    private void Publish(LogEvent logEvent) => SystemImpl.EventStream.Publish(logEvent);
}
