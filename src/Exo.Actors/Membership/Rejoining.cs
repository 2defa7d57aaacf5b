using System.Collections.Immutable;
using Akka.Actor;

namespace Exo.Actors.Membership;

/// <summary>What a device remembers of its cluster when its actor system ends and the next one starts. Thread-safe.</summary>
internal sealed class Rejoining
{
    private ImmutableArray<string> _others = [];
    private ImmutableArray<string> _seeds = [];

    /// <summary>The other devices that it last knew: whom it asks when they removed it.</summary>
    public ImmutableArray<string> Others
    {
        get => Read(ref _others);
        set => ImmutableInterlocked.InterlockedExchange(ref _others, value);
    }

    /// <summary>Whom the present actor system was told to join; empty for the first one.</summary>
    public ImmutableArray<string> Seeds
    {
        get => Read(ref _seeds);
        set => ImmutableInterlocked.InterlockedExchange(ref _seeds, value);
    }

    private static ImmutableArray<string> Read(ref ImmutableArray<string> field) => ImmutableInterlocked.InterlockedCompareExchange(ref field, [], []);

    /// <summary>Why the actor system ended: to join others.</summary>
    internal sealed class Reason(ImmutableArray<string> others) : CoordinatedShutdown.Reason
    {
        public ImmutableArray<string> Others { get; } = others;
    }
}
