using System.Collections.Immutable;
using Exo.Actors.Membership;

namespace Exo.Actors.Ring;

/// <summary>What a keeper should do about one model: a pure function of what it knows.</summary>
public static class KeeperDecision
{
    /// <summary>The address of the keeper that proposes: the oldest Up device that hosts a stage or asked for the model; if none is left, the oldest Up one.</summary>
    /// <param name="view">The devices, oldest first.</param>
    /// <param name="wish">The wish.</param>
    /// <param name="committed">The ring that is valid now, if any.</param>
    public static string? Proposer(DirectoryView view, ModelWish wish, RingPlan? committed)
    {
        ImmutableArray<Device> up = [.. view.Devices.Where(device => device.IsUp && device.Reachable)];
        Device? concerned = up.FirstOrDefault(device => device.Address == wish.WishedBy || (committed?.Stages.Any(stage => stage.Device == device.Address && stage.Uid == device.Uid) ?? false));
        return (concerned ?? up.FirstOrDefault())?.Address;
    }

    /// <summary>Devices that may host stages now.</summary>
    /// <param name="view">The devices.</param>
    /// <param name="excluded">Addresses that failed to load this model a short while ago.</param>
    public static ImmutableArray<Candidate> Candidates(DirectoryView view, IReadOnlySet<string> excluded) =>
        [.. view.Devices.Where(device => device is { IsUp: true, Reachable: true, Profile: not null } && !excluded.Contains(device.Address)).Select(device => new Candidate(device.Address, device.Profile!.Name, device.Uid, device.Profile.MemoryBytes))];

    /// <summary>Whether every stage of a ring is still a member.</summary>
    /// <param name="view">The devices.</param>
    /// <param name="plan">The ring.</param>
    public static bool IsWhole(DirectoryView view, RingPlan plan) => plan.Stages.All(stage => view.Has(stage.Device, stage.Uid));

    /// <summary>What the proposing keeper should do now.</summary>
    /// <param name="view">The devices.</param>
    /// <param name="wish">The wish.</param>
    /// <param name="committed">The ring that is valid now, if any.</param>
    /// <param name="excluded">Addresses that failed to load this model a short while ago.</param>
    /// <param name="whole">Whether the valid ring can serve.</param>
    /// <param name="gathering">Whether it is still early: more devices may come within a moment.</param>
    public static KeeperMove Next(DirectoryView view, ModelWish wish, RingPlan? committed, IReadOnlySet<string> excluded, bool whole, bool gathering)
    {
        if (wish.Dropped || Proposer(view, wish, committed) != view.Self)
        {
            return new KeeperMove.Rest();
        }

        ImmutableArray<Candidate> candidates = Candidates(view, excluded);
        int asked = wish.Stages > 0 ? wish.Stages : wish.Cut.Length + 1;
        if (whole && (asked <= committed!.Stages.Length || candidates.Length <= committed.Stages.Length))
        {
            return new KeeperMove.Rest();
        }

        if (committed is null && gathering && candidates.Length < asked)
        {
            return new KeeperMove.Rest();
        }

        return Planner.Plan(wish, candidates) switch
        {
            PlanOutcome.Planned planned when whole && planned.Stages.Length <= committed!.Stages.Length => new KeeperMove.Rest(),
            PlanOutcome.Planned planned => new KeeperMove.Propose(planned.Stages),
            PlanOutcome.Refused when whole => new KeeperMove.Rest(),
            PlanOutcome.Refused refused when gathering && committed is null && candidates.Length < 2 => new KeeperMove.Rest { Reason = refused.Reason },
            PlanOutcome.Refused refused => new KeeperMove.Refuse(refused.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
