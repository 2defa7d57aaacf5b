using Akka.Actor;
using Exo.Actors.Membership;

namespace Exo.Actors.Ring;

/// <summary>What a keeper knows about one model.</summary>
internal sealed class ModelRing(ModelWish wish, TimeSpan since)
{
    public ModelWish Wish { get; set; } = wish;

    public RingPlan? Committed { get; set; }

    public Proposal? Proposal { get; private set; }

    /// <summary>The greatest epoch seen in any message: the next proposal goes above it.</summary>
    public Epoch Highest { get; private set; }

    /// <summary>The greatest epoch that lost a shard.</summary>
    public Epoch Lost { get; set; }

    /// <summary>Whether the committed ring can serve: no shard died, every device is a member.</summary>
    public bool IsWhole(DirectoryView? view) => Committed is { } plan && view is not null && plan.Epoch > Lost && KeeperDecision.IsWhole(view, plan);

    /// <summary>Mean time of a hop of the committed ring; 0 = not measured, or no stage is here.</summary>
    public double HopMicroseconds { get; set; }

    public string? Refusal { get; set; }

    public string? LastFailure { get; set; }

    public TimeSpan Since { get; } = since;

    public Dictionary<string, TimeSpan> ExcludedUntil { get; } = [];

    public HashSet<IActorRef> Listeners { get; } = [];

    public RingStatus? Told { get; private set; }

    /// <summary>Notes an epoch that somebody told of. A proposal below it ends: no keeper would take it any more, so it would wait in vain.</summary>
    public void Saw(Epoch epoch)
    {
        Highest = Highest > epoch ? Highest : epoch;
        Proposal = Proposal?.Plan.Epoch < Highest ? null : Proposal;
    }

    /// <summary>Begins a proposal, above all epochs that were seen.</summary>
    public void Propose(Proposal proposal)
    {
        Highest = proposal.Plan.Epoch;
        Proposal = proposal;
    }

    /// <summary>Ends the proposal, if there is one.</summary>
    public void EndProposal() => Proposal = null;

    /// <summary>How it stands, with the reason when it is not ready.</summary>
    public RingStatus Status(DirectoryView? view)
    {
        bool whole = IsWhole(view);
        RingState state = whole ? RingState.Ready : Refusal is not null ? RingState.Degraded : Proposal is not null || Committed is not null ? RingState.Loading : RingState.Planning;
        string? reason = state switch
        {
            RingState.Ready => null,
            RingState.Degraded => Refusal,
            RingState.Loading when Committed is not null => "A stage was lost; a new ring is on its way.",
            RingState.Loading => "The slices are being loaded.",
            _ => "Waiting for devices.",
        };
        return new RingStatus(Wish.Model, state, Committed, Wish, reason) { HopMicroseconds = HopMicroseconds };
    }

    /// <summary>Tells the listeners how it stands, unless they know.</summary>
    public void TellListeners(DirectoryView? view)
    {
        RingStatus status = Status(view);
        if (Told is { } told && told.State == status.State && told.Plan == status.Plan && told.Reason == status.Reason)
        {
            return;
        }

        Told = status;
        foreach (IActorRef listener in Listeners)
        {
            listener.Tell(new RingProtocol.Changed(status));
        }
    }
}
