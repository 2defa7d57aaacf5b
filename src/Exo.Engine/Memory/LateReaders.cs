namespace Exo.Engine.Memory;

/// <summary>
/// Whoever may still read native memory after the work that needed it was finished by others (a compute thread that the
/// system put aside) registers here; memory is freed only after all of them have left.
/// </summary>
internal static class LateReaders
{
    private static readonly Lock s_gate = new();
    private static Action[] s_awaiters = [];

    /// <summary>Registers a wait that returns once its readers have left what they read at the time of the call.</summary>
    public static void Add(Action awaiter)
    {
        lock (s_gate)
        {
            s_awaiters = [.. s_awaiters, awaiter];
        }
    }

    public static void Remove(Action awaiter)
    {
        lock (s_gate)
        {
            s_awaiters = [.. s_awaiters.Where(a => a != awaiter)];
        }
    }

    public static void AwaitAll()
    {
        foreach (Action awaiter in Volatile.Read(ref s_awaiters))
        {
            awaiter();
        }
    }
}
