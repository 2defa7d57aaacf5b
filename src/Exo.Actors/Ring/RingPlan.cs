using System.Collections.Immutable;

namespace Exo.Actors.Ring;

/// <summary>Which device holds what, under one epoch.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Epoch">The version.</param>
/// <param name="Stages">In order, contiguous, together all units.</param>
public sealed record RingPlan(string Model, Epoch Epoch, ImmutableArray<StagePlan> Stages)
{
    /// <summary>The name of the shard actor that hosts a stage; every device can tell it from the plan.</summary>
    /// <param name="stage">Index of the stage.</param>
    public string ShardName(int stage) => $"{ActorNames.Of(Model)}-{Epoch.Counter}-{(uint)Epoch.Proposer:x8}-{stage}";
}
