using System.Collections.Immutable;

namespace Exo.Actors;

/// <summary>A wish to have a model in the cluster.</summary>
/// <param name="Model">Its name or a path.</param>
/// <param name="Stages">How many stages; null = the planner decides.</param>
public sealed record LoadRequest(string Model, int? Stages)
{
    /// <summary>The first unit of every stage but the first; empty = the planner decides.</summary>
    public ImmutableArray<int> Cut { get; init; } = [];
}
