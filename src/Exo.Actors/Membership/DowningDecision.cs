using System.Collections.Immutable;

namespace Exo.Actors.Membership;

/// <summary>
/// The rule <em>serve-on</em>: inference shares no durable state, so every side of a partition removes the other once it has been
/// silent for long enough and goes on with what it has, be it one device or the minority.
/// </summary>
public static class DowningDecision
{
    /// <summary>Which devices are to be downed now.</summary>
    /// <param name="silentSince">For each unreachable device, when it became so.</param>
    /// <param name="now">The time on the same clock.</param>
    /// <param name="silence">How long a device may be unreachable.</param>
    public static ImmutableArray<T> Due<T>(IEnumerable<KeyValuePair<T, TimeSpan>> silentSince, TimeSpan now, TimeSpan silence) =>
        [.. silentSince.Where(entry => now - entry.Value >= silence).Select(entry => entry.Key)];
}
