using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the continuations of an actor's asynchronous handler on the actor's turns: as system messages, which pass while the mailbox
/// is suspended, with the context of the message that started the handler.
/// </summary>
public sealed class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;
    private object _message;
    private IActorRef _sender;

    internal ActorTaskScheduler(ActorCell cell)
    {
        _cell = cell;
    }

    public object CurrentMessage => _message;

    public static void RunTask(Action action)
        => RunTask(() =>
        {
            action();
            return Task.CompletedTask;
        });

    public static void RunTask(Func<Task> asyncAction)
    {
        ActorCell cell = ActorCell.Current
            ?? throw new InvalidOperationException("RunTask may only be called on an actor's turn");
        cell.TaskScheduler.Start(asyncAction);
    }

    internal void Run(Task task)
    {
        object outerMessage = _cell.CurrentMessage;
        IActorRef outerSender = _cell.CurrentSender;
        _cell.SetCurrentMessage(_message, _sender);
        try
        {
            TryExecuteTask(task);
        }
        finally
        {
            _cell.SetCurrentMessage(outerMessage, outerSender);
        }
    }

    protected override void QueueTask(Task task) => _cell.SendSystemMessage(new ActorTask(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, _cell) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Start(Func<Task> asyncAction)
    {
        _message = _cell.CurrentMessage;
        _sender = _cell.CurrentSender;
        Task<Task> outer = new(asyncAction);
        outer.RunSynchronously(this);
        Task work = outer.Unwrap();
        if (work.IsCompleted)
        {
            Rethrow(work);
            return;
        }

        _cell.SuspendForTask();
        work.ContinueWith(Finished, CancellationToken.None, TaskContinuationOptions.None, this);
    }

    private void Finished(Task work)
    {
        _cell.ResumeAfterTask();
        try
        {
            Rethrow(work);
            _cell.CheckReceiveTimeout();
        }
#pragma warning disable CA1031 // Whatever the handler threw is the actor's failure; its supervisor decides.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            _cell.FailedIn(_message, _sender, cause);
        }
    }

    private static void Rethrow(Task work)
    {
        if (work.IsFaulted)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(work.Exception.InnerException ?? work.Exception);
        if (work.IsCanceled)
            throw new TaskCanceledException(work);
    }
}
