namespace Akka.Dispatch;

/// <summary>Runs mailboxes on the .NET thread pool: the default.</summary>
/// <remarks>
/// A wake-up goes to the thread's own queue, newest first, which keeps a conversation of two actors in one cache. That queue is served
/// before the shared one, so every 64th wake-up, and each actor that goes on after a full batch, takes its turn in the shared queue.
/// </remarks>
internal sealed class ThreadPoolDispatcher(string id, int throughput) : MessageDispatcher(id, throughput)
{
    private const uint SharedEvery = 64;

    [ThreadStatic]
    private static uint s_wakeUps;

    internal override void Execute(IThreadPoolWorkItem item, bool again)
        => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: !again && ++s_wakeUps % SharedEvery != 0);
}
