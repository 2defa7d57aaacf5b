using System.Collections.Immutable;

namespace Exo.Actors.Ring;

/// <summary>What a keeper does next about a model.</summary>
public abstract record KeeperMove
{
    private KeeperMove()
    {
    }

    /// <summary>Nothing: the ring is good, it is another keeper's turn, or more devices may come.</summary>
    public sealed record Rest : KeeperMove
    {
        /// <summary>Why there would be no plan yet; null when there is nothing to say.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>Propose an epoch with these stages.</summary>
    /// <param name="Stages">The stages in order.</param>
    public sealed record Propose(ImmutableArray<StagePlan> Stages) : KeeperMove;

    /// <summary>Say that there is no plan.</summary>
    /// <param name="Reason">What is needed, what there is, and the remedy.</param>
    public sealed record Refuse(string Reason) : KeeperMove;
}
