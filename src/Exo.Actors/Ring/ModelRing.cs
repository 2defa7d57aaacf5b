using Akka.Actor;

namespace Exo.Actors.Ring;

/// <summary>What a keeper knows about one model.</summary>
internal sealed class ModelRing(ModelWish wish, TimeSpan since)
{
    public ModelWish Wish { get; set; } = wish;

    public RingPlan? Committed { get; set; }

    public Proposal? Proposal { get; set; }

    /// <summary>The greatest epoch seen in any message: the next proposal goes above it.</summary>
    public Epoch Highest { get; set; }

    /// <summary>The greatest epoch that lost a shard.</summary>
    public Epoch Lost { get; set; }

    /// <summary>Whether the committed ring can serve: no shard died, every device is a member.</summary>
    public bool IsWhole(Membership.DirectoryView? view) => Committed is { } plan && view is not null && plan.Epoch > Lost && KeeperDecision.IsWhole(view, plan);

    public string? Refusal { get; set; }

    public string? LastFailure { get; set; }

    public TimeSpan Since { get; } = since;

    public Dictionary<string, TimeSpan> ExcludedUntil { get; } = [];

    public HashSet<IActorRef> Listeners { get; } = [];

    public RingStatus? Told { get; set; }
}
