using System.Collections.Immutable;

namespace Exo.Actors;

/// <summary>The ring of one model as a device sees it.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Epoch">Its version; <c>-</c> before the first one is committed.</param>
/// <param name="State"><c>planning</c>, <c>loading</c>, <c>ready</c> or <c>degraded</c>.</param>
/// <param name="Stages">The stages of the last committed epoch, in order.</param>
public sealed record RingView(string Model, string Epoch, string State, ImmutableArray<StageView> Stages)
{
    /// <summary>What keeps it from being ready; null when it is.</summary>
    public string? Reason { get; init; }
}
