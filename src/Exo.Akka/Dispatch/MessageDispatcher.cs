namespace Akka.Dispatch;

/// <summary>Gives mailboxes a thread.</summary>
public abstract class MessageDispatcher
{
    public const int DefaultThroughput = 100;

    private protected MessageDispatcher(string id, int throughput)
    {
        Id = id;
        Throughput = throughput;
    }

    public string Id { get; protected set; }

    public int Throughput { get; set; }

    public void Schedule(Action run) => Execute(new ActionItem(run), again: false);

    /// <param name="item">What to run.</param>
    /// <param name="again">It has just run and has more to do: others go first.</param>
    internal abstract void Execute(IThreadPoolWorkItem item, bool again);

    /// <summary>A dispatcher of one thread per actor ends that thread with the actor.</summary>
    internal virtual void Detach()
    {
    }

    internal virtual void Shutdown()
    {
    }

    private sealed class ActionItem(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
