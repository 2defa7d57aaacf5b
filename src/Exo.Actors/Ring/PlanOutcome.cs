using System.Collections.Immutable;

namespace Exo.Actors.Ring;

/// <summary>What planning came to.</summary>
public abstract record PlanOutcome
{
    private PlanOutcome()
    {
    }

    /// <summary>It fits.</summary>
    /// <param name="Stages">The stages in order.</param>
    public sealed record Planned(ImmutableArray<StagePlan> Stages) : PlanOutcome;

    /// <summary>It does not fit.</summary>
    /// <param name="Reason">What is needed, what there is, and the remedy.</param>
    public sealed record Refused(string Reason) : PlanOutcome;
}
