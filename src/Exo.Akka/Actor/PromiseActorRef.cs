using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The sender of an Ask: its first message completes the task. Its path exists from when someone asks for it.</summary>
#pragma warning disable CA1001 // A Cancelable holds nothing to dispose of until its token is read, which happens nowhere here.
internal sealed class PromiseActorRef<T>(IActorRefProvider provider) : MinimalActorRef
#pragma warning restore CA1001
{
    // The replying actor's stack must not run the asker's continuations.
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private HashSet<IActorRef> _watchers;
    private ActorPath _path;
    private Cancelable _timeout;
    private CancellationTokenRegistration _cancellation;

    public Task<T> Task => _result.Task;

    public override IActorRefProvider Provider { get; } = provider;

    public override IInternalActorRef Parent => Provider.TempContainer;

    private protected override bool TakesNull => true;

    public override bool IsTerminated => _result.Task.IsCompleted;

    public override ActorPath Path
    {
        get
        {
            lock (_lock)
            {
                if (_path is null)
                {
                    _path = Provider.TempPath();
                    if (!IsTerminated)
                        Provider.RegisterTempActor(this, _path);
                }

                return _path;
            }
        }
    }

    public void Start(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.Register(
                static (state, token) =>
                {
                    PromiseActorRef<T> promise = (PromiseActorRef<T>)state;
                    if (promise._result.TrySetCanceled(token))
                        promise.Completed();
                },
                this);
        }

        if (timeout >= TimeSpan.Zero && !IsTerminated)
        {
            IScheduler scheduler = Provider.Settings.System.Scheduler;
            _timeout = new Cancelable(scheduler.Advanced);
            scheduler.Advanced.ScheduleOnce(timeout, () => TimedOut(timeout), _timeout);
        }
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch when watch.Watchee.Equals(this):
                bool ended;
                lock (_lock)
                {
                    ended = IsTerminated;
                    if (!ended)
                        (_watchers ??= []).Add(watch.Watcher);
                }

                if (ended)
                    watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
                break;
            case Unwatch unwatch:
                lock (_lock)
                    _watchers?.Remove(unwatch.Watcher);
                break;
            case Terminate:
                Stop();
                break;
        }
    }

    public override void Stop()
    {
        if (_result.TrySetException(new ActorKilledException("Stopped")))
            Completed();
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        bool first = message switch
        {
            null => _result.TrySetResult(default),
            ISystemMessage => _result.TrySetException(new InvalidOperationException($"A system message ({message.GetType().Name}) is no answer")),
            T typed => _result.TrySetResult(typed),
            Status.Failure failure => _result.TrySetException(failure.Cause ?? new TaskCanceledException("The task was cancelled by the replying actor")),
            _ => _result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (first)
            Completed();
        else if (message is not null)
            ((DeadLetterActorRef)Provider.DeadLetters).Lost(message, sender, this);
    }

    private void TimedOut(TimeSpan timeout)
    {
        if (_result.TrySetException(new AskTimeoutException(FormattableString.Invariant($"Timeout after {timeout.TotalSeconds:F2} seconds"))))
            Completed();
    }

    private void Completed()
    {
        _timeout?.Cancel();
        _cancellation.Unregister();
        HashSet<IActorRef> watchers;
        lock (_lock)
        {
            if (_path is not null)
                Provider.UnregisterTempActor(_path);
            watchers = _watchers;
            _watchers = null;
        }

        if (watchers is null)
            return;
        foreach (IActorRef watcher in watchers)
            ((IInternalActorRef)watcher).SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
    }
}
