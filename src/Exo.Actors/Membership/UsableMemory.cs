namespace Exo.Actors.Membership;

/// <summary>The memory that a device can offer without being told.</summary>
public static class UsableMemory
{
    /// <summary>
    /// What the operating system, or the control group that the process runs in, says is there, less what is in use,
    /// less a tenth for everybody else.
    /// </summary>
    /// <returns>Bytes; 0 where more than nine tenths are in use.</returns>
    public static long Measure()
    {
        // Before its first collection the runtime knows no load and would offer what others use.
        GC.Collect(0);
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long free = memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
        return Math.Max(0, free - (memory.TotalAvailableMemoryBytes / 10));
    }
}
