#nullable enable

using System.Runtime;

namespace Exo.Testing;

/// <summary>
/// Counts the bytes that code allocates on the calling thread. Only exact while no background collection can begin: one takes
/// what is left of every thread's allocation buffer, and the runtime then counts up to 8 KiB to a thread that allocated nothing.
/// </summary>
internal static class Allocations
{
    public static long Of(Action action)
    {
        if (GCSettings.LatencyMode != GCLatencyMode.Batch)
        {
            throw new InvalidOperationException("Allocations are counted wrongly beside background collections: the test project lacks ConcurrentGarbageCollection=false.");
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
