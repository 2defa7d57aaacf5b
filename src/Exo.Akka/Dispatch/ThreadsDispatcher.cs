using System.Collections.Concurrent;

namespace Akka.Dispatch;

/// <summary>Runs mailboxes on threads of its own, so that a busy thread pool never delays its actors.</summary>
internal sealed class ThreadsDispatcher : MessageDispatcher
{
    private readonly BlockingCollection<IThreadPoolWorkItem> _items = [];
    private readonly bool _ownedByOneActor;

    public ThreadsDispatcher(string id, int throughput, int threads, bool ownedByOneActor)
        : base(id, throughput)
    {
        _ownedByOneActor = ownedByOneActor;
        for (int i = 0; i < threads; i++)
            new Thread(Work) { IsBackground = true, Name = $"{id}-{i + 1}" }.Start();
    }

    internal override void Execute(IThreadPoolWorkItem item, bool again)
    {
        try
        {
            _items.Add(item);
        }
        catch (InvalidOperationException)
        {
            // The threads are gone with the system or the actor; what is left drains to the dead letters on the pool.
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
    }

    internal override void Detach()
    {
        if (_ownedByOneActor)
            _items.CompleteAdding();
    }

    internal override void Shutdown() => _items.CompleteAdding();

    private void Work()
    {
        foreach (IThreadPoolWorkItem item in _items.GetConsumingEnumerable())
            item.Execute();
    }
}
