using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>What keeps an actor: its mailbox, behaviours, children, watches and its current incarnation.</summary>
/// <remarks>
/// Everything but the children table belongs to the thread that holds the mailbox's turn. States of a cell:
/// created → running ⇄ failed (suspended until the supervisor decides) → waiting for children (restart or stop) → terminated.
/// </remarks>
internal sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell s_current;

    private readonly Stack<Receive> _behaviors = new();
    private readonly List<SystemMessage> _stashedSystem = [];

    private ActorBase _actor;
    private Receive _behavior;
    private object _message;
    private IActorRef _sender;
    private ActorTaskScheduler _taskScheduler;
    private long _fullQuietUntil = long.MinValue;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, IInternalActorRef parent, MessageDispatcher dispatcher)
    {
        SystemImpl = system;
        Self = self;
        Props = props;
        Parent = parent;
        Mailbox = new Mailbox(this, dispatcher, system.Mailboxes.CapacityOf(props));
    }

    public static ActorCell Current => s_current;

    public ActorSystemImpl SystemImpl { get; }

    public ActorSystem System => SystemImpl;

    public LocalActorRef Self { get; }

    IActorRef IActorContext.Self => Self;

    public IInternalActorRef Parent { get; }

    IActorRef IActorContext.Parent => Parent;

    public Props Props { get; }

    public MessageDispatcher Dispatcher => Mailbox.Dispatcher;

    public Mailbox Mailbox { get; }

    public IActorRef Sender => _sender ?? SystemImpl.DeadLetters;

    public IActorRef CurrentSender => _sender;

    public object CurrentMessage => _message;

    /// <summary>Numbers the messages this cell has handled, so that a stash knows one from the next.</summary>
    public long CurrentMessageId { get; private set; }

    public ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    public bool IsTerminated => Mailbox.IsClosed;

    /// <summary>True while a producer runs: only then may an actor be constructed.</summary>
    public bool IsCreating { get; private set; }

    public static IActorRef CurrentSelfOrNoSender() => s_current?.Self;

    public static IActorRef CurrentSenderOrNoSender() => s_current?._sender;

    public static ActorCell Enter(ActorCell cell)
    {
        ActorCell outer = s_current;
        s_current = cell;
        return outer;
    }

    public static void Leave(ActorCell outer) => s_current = outer;

    public void Start() => Mailbox.PostSystem(new Create());

    public void SendSystemMessage(SystemMessage message) => Mailbox.PostSystem(message);

    public void SetCurrentMessage(object message, IActorRef sender)
    {
        _message = message;
        _sender = sender;
    }

    public void Become(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        if (_behaviors.Count > 1)
            _behaviors.Pop();
        _behaviors.Push(receive);
        _behavior = receive;
    }

    public void BecomeStacked(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        _behaviors.Push(receive);
        _behavior = receive;
    }

    public void Become(UntypedReceive receive) => Become(Handling(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Handling(receive));

    public void UnbecomeStacked()
    {
        // The initial behaviour stays, whatever is popped.
        if (_behaviors.Count > 1)
        {
            _behaviors.Pop();
            _behavior = _behaviors.Peek();
        }
    }

    public ActorSelection ActorSelection(string actorPath) => ActorSelectionPaths.Select(SystemImpl, Self, actorPath);

    public ActorSelection ActorSelection(ActorPath actorPath) => ActorSelectionPaths.Select(SystemImpl, actorPath);

    /// <summary>One user message, on the actor's turn.</summary>
    public void Invoke(object message, IActorRef sender)
    {
        _message = message;
        _sender = sender;
        CurrentMessageId++;
        try
        {
            if (_receiveTimeout is null)
            {
                Deliver(message);
            }
            else
            {
                bool influences = message is not INotInfluenceReceiveTimeout;
                if (influences)
                    HoldReceiveTimeout();
                Deliver(message);
                if (influences && _taskSuspensions == 0)
                    CheckReceiveTimeout();
            }
        }
#pragma warning disable CA1031 // Any exception is the actor's failure; its supervisor decides what follows.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            HandleInvokeFailure(cause);
        }
        finally
        {
            _message = null;
            _sender = null;
        }
    }

    /// <summary>One system message, on the actor's turn.</summary>
    public void InvokeSystem(SystemMessage message)
    {
        if (MustWait(message))
        {
            _stashedSystem.Add(message);
            return;
        }

        ProcessSystem(message);
        while (_stashedSystem.Count > 0 && !IsTerminated)
        {
            int next = _stashedSystem.FindIndex(waiting => !MustWait(waiting));
            if (next < 0)
                return;
            SystemMessage released = _stashedSystem[next];
            _stashedSystem.RemoveAt(next);
            ProcessSystem(released);
        }
    }

    public void FailedIn(object message, IActorRef sender, Exception cause)
    {
        SetCurrentMessage(message, sender);
        HandleInvokeFailure(cause);
        SetCurrentMessage(null, null);
    }

    public void SuspendForTask()
    {
        _taskSuspensions++;
        Mailbox.Suspend();
    }

    public void ResumeAfterTask()
    {
        _taskSuspensions--;
        Mailbox.Resume();
    }

    public void MessageAfterEnd(object message, IActorRef sender)
    {
        // A dead subscriber of dead letters would breed new ones for ever.
        if (message is not AllDeadLetters)
            SystemImpl.DeadLetterRef.Lost(message, sender, Self);
    }

    public void SystemMessageAfterEnd(SystemMessage message)
    {
        if (message is Watch watch && watch.Watchee.Equals(Self))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: false, addressTerminated: false));
    }

    public void Overflowed(object message, IActorRef sender, int capacity)
    {
        long now = SystemImpl.Scheduler.MonotonicClock.Ticks;
        long quietUntil = Interlocked.Read(ref _fullQuietUntil);
        if (now >= quietUntil && Interlocked.CompareExchange(ref _fullQuietUntil, now + TimeSpan.TicksPerMinute, quietUntil) == quietUntil)
        {
            Publish(new Warning(Self.ToString(), typeof(ActorCell), $"The mailbox of {Self} is full ({capacity} messages): what comes now is dropped and counted by exo.akka.mailbox.dropped"));
        }

        MailboxMetrics.Dropped.Add(1, new KeyValuePair<string, object>("actor", Self.Path.ToStringWithoutAddress()));
        SystemImpl.EventStream.Publish(new Dropped(message, $"The mailbox is full ({capacity} messages)", sender, Self));
    }

    internal void ReceiveMessage(object message)
    {
        if (_actor is null)
            MessageAfterEnd(message, _sender);
        else
            _actor.InternalAroundReceive(_behavior, message);
    }

    private static Receive Handling(UntypedReceive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        return message =>
        {
            receive(message);
            return true;
        };
    }

    private void Deliver(object message)
    {
        if (message is TimerScheduler.TimerMessage ticket)
        {
            // Absent: cancelled or replaced after it was queued. Accepted: from here on it is the message that was asked for, in a stash too.
            if (_actor is not IWithTimers { Timers: TimerScheduler timers } || !timers.Accept(ticket, out message))
                return;
            _message = message;
        }

        if (message is IAutoReceivedMessage)
            AutoReceive(message);
        else
            ReceiveMessage(message);
    }

    private void AutoReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                ReceiveTerminated(terminated);
                break;
            case PoisonPill:
                Self.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            case ActorSelectionMessage selection:
                ActorSelectionPaths.Deliver(Self, _sender, selection);
                break;
            default:
                ReceiveMessage(message);
                break;
        }
    }

    private bool MustWait(SystemMessage message) => message switch
    {
        // While children end, the next incarnation does not exist yet; while failed, the own supervisor speaks first.
        Suspend or Resume or Recreate => _waiting is WaitingFor.Restart or WaitingFor.Creation,
        Failed => _waiting is WaitingFor.Restart or WaitingFor.Creation || _suspensions > 0,
        _ => false,
    };

    private void ProcessSystem(SystemMessage message)
    {
        try
        {
            switch (message)
            {
                case ActorTask task:
                    task.Execute();
                    break;
                case Create:
                    CreateFirst();
                    break;
                case Watch watch:
                    AddWatcher(watch.Watchee, watch.Watcher);
                    break;
                case Unwatch unwatch:
                    RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                    break;
                case DeathWatchNotification ended:
                    WatchedActorTerminated(ended.Actor, ended.ExistenceConfirmed, ended.AddressTerminated);
                    break;
                case Failed failed:
                    HandleChildFailure(failed);
                    break;
                case Recreate recreate:
                    FaultRecreate(recreate.Cause);
                    break;
                case Suspend:
                    FaultSuspend();
                    break;
                case Resume resume:
                    FaultResume(resume.CausedByFailure);
                    break;
                case Dispatch.SysMsg.Terminate:
                    Terminate();
                    break;
                default:
                    throw new NotSupportedException($"Unknown system message {message.GetType()}");
            }
        }
#pragma warning disable CA1031 // As in Invoke: a failure while the runtime acts for the actor is the actor's failure.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            HandleInvokeFailure(cause);
        }
    }
}
