using Akka.Actor.Internal;

namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private static readonly Dictionary<string, ChildRestartStats> s_noChildren = [];

    // Guardians get children from any thread; for all others the lock is free.
    private readonly Lock _childLock = new();
    private Dictionary<string, ChildRestartStats> _children = s_noChildren;
    private HashSet<IActorRef> _dying;
    private WaitingFor _waiting;
    private Exception _restartCause;
    private long _nextAnonymousName;
    private bool _noMoreChildren;

    public IActorRef ActorOf(Props props, string name = null)
    {
        if (name is not null)
            CheckName(name);
        return AttachChild(props, name);
    }

    public LocalActorRef AttachChild(Props props, string name)
    {
        ArgumentNullException.ThrowIfNull(props);
        name ??= AnonymousName(Interlocked.Increment(ref _nextAnonymousName) - 1);
        ActorPath path = new ChildActorPath(Self.Path, name, NewUid());
        LocalActorRef child = new(SystemImpl, props, Self, path);
        lock (_childLock)
        {
            if (_noMoreChildren)
                throw new InvalidOperationException($"Cannot create child [{name}] of {Self}: it is terminating or terminated");
            if (ReferenceEquals(_children, s_noChildren))
                _children = [];
            if (!_children.TryAdd(name, new ChildRestartStats(child, SystemImpl.Scheduler)))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
        }

        child.Start();
        return child;
    }

    public IActorRef Child(string name) => (IActorRef)ChildByName(name) ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => ChildSnapshot().Select(stats => (IActorRef)stats.Child);

    public IInternalActorRef ChildByName(string name)
    {
        int hash = name.IndexOf('#', StringComparison.Ordinal);
        lock (_childLock)
        {
            if (!_children.TryGetValue(hash < 0 ? name : name[..hash], out ChildRestartStats stats))
                return null;
            return hash < 0 || (long.TryParse(name.AsSpan(hash + 1), out long uid) && uid == stats.Uid) ? stats.Child : null;
        }
    }

    public void Stop(IActorRef child)
    {
        IInternalActorRef target = (IInternalActorRef)child;
        lock (_childLock)
        {
            if (OwnChild(child) is not null)
                (_dying ??= []).Add(child);
        }

        target.Stop();
    }

    internal static long NewUid() => Random.Shared.NextInt64(1, int.MaxValue);

    internal static string AnonymousName(long number)
    {
        const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        Span<char> text = stackalloc char[16];
        int length = 0;
        text[length++] = '$';
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number != 0);
        return text[..length].ToString();
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
            throw new InvalidActorNameException("Actor name must not be empty");
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]: actor names must not start with $ and consist of ASCII letters, digits and {ActorPath.ValidSymbols}");
        }
    }

    private ChildRestartStats OwnChild(IActorRef child)
        => _children.TryGetValue(child.Path.Name, out ChildRestartStats stats) && stats.Child.Equals(child) ? stats : null;

    private List<ChildRestartStats> ChildSnapshot()
    {
        lock (_childLock)
            return [.. _children.Values];
    }

    private bool HasChildrenToAwait()
    {
        lock (_childLock)
            return _waiting == WaitingFor.Termination ? _children.Count > 0 : _dying is { Count: > 0 };
    }

    private void SuspendChildren(IActorRef except)
    {
        foreach (ChildRestartStats stats in ChildSnapshot())
        {
            if (!stats.Child.Equals(except))
                stats.Child.Suspend();
        }
    }

    private void ResumeChildren(Exception causedByFailure, IActorRef perpetrator)
    {
        foreach (ChildRestartStats stats in ChildSnapshot())
            stats.Child.Resume(stats.Child.Equals(perpetrator) ? causedByFailure : null);
    }

    private void HandleChildFailure(Dispatch.SysMsg.Failed failed)
    {
        ChildRestartStats stats;
        lock (_childLock)
            stats = OwnChild(failed.Child);
        // A failure of an earlier incarnation of that name is history.
        if (stats is null || stats.Uid != failed.Uid)
            return;
        SupervisorStrategy strategy = _actor?.InternalSupervisorStrategy() ?? SupervisorStrategy.DefaultStrategy;
        SetCurrentMessage(failed, failed.Child);
        try
        {
            if (!strategy.HandleFailure(this, failed.Child, failed.Cause, stats, ChildSnapshot()))
                HandleInvokeFailure(failed.Cause, failed.Child);
        }
        finally
        {
            SetCurrentMessage(null, null);
        }
    }

    private void HandleChildTerminated(IActorRef child)
    {
        lock (_childLock)
        {
            if (OwnChild(child) is null)
                return;
            _children.Remove(child.Path.Name);
            _dying?.Remove(child);
        }

        if (_waiting == WaitingFor.Nothing || HasChildrenToAwait())
            return;
        WaitingFor reason = _waiting;
        Exception cause = _restartCause;
        _waiting = WaitingFor.Nothing;
        _restartCause = null;
        switch (reason)
        {
            case WaitingFor.Creation:
                FinishCreate();
                break;
            case WaitingFor.Restart:
                FinishRecreate(cause);
                break;
            default:
                _waiting = WaitingFor.Termination;
                FinishTerminate();
                break;
        }
    }

    private void StopAllChildren()
    {
        foreach (ChildRestartStats stats in ChildSnapshot())
            Stop(stats.Child);
    }
}
