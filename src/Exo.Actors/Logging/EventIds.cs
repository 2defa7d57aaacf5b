using Microsoft.Extensions.Logging;

namespace Exo.Actors.Logging;

/// <summary>The event ids of this project's log lines: 1000s membership, 2000s ring, 3000s shards, 4000s sessions.</summary>
internal static class EventIds
{
    public static readonly EventId DeviceUp = new(1001, nameof(DeviceUp));
    public static readonly EventId DeviceGone = new(1002, nameof(DeviceGone));
    public static readonly EventId DeviceDowned = new(1003, nameof(DeviceDowned));
    public static readonly EventId RestartFailed = new(1004, nameof(RestartFailed));
    public static readonly EventId EpochProposed = new(2001, nameof(EpochProposed));
    public static readonly EventId EpochCommitted = new(2002, nameof(EpochCommitted));
    public static readonly EventId EpochFailed = new(2003, nameof(EpochFailed));
    public static readonly EventId PlanRefused = new(2004, nameof(PlanRefused));
    public static readonly EventId SliceLoaded = new(3001, nameof(SliceLoaded));
    public static readonly EventId SliceFailed = new(3002, nameof(SliceFailed));
    public static readonly EventId ForeignEpoch = new(3003, nameof(ForeignEpoch));
    public static readonly EventId ComputeFailed = new(3004, nameof(ComputeFailed));
    public static readonly EventId SessionReadmitted = new(4001, nameof(SessionReadmitted));
    public static readonly EventId SessionFailed = new(4002, nameof(SessionFailed));
}
