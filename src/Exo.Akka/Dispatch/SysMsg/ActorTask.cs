namespace Akka.Dispatch.SysMsg;

/// <summary>A continuation of an asynchronous handler, run on the actor's turn.</summary>
internal sealed class ActorTask(ActorTaskScheduler scheduler, Task task) : SystemMessage
{
    public void Execute() => scheduler.Run(task);
}
