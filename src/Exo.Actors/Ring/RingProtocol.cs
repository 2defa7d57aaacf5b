using System.Collections.Immutable;
using Akka.Actor;
using Exo.Actors.Protocol;

namespace Exo.Actors.Ring;

/// <summary>How keepers agree on rings, and what the other actors of a device hear of it.</summary>
public static class RingProtocol
{
    /// <summary>The keeper's name below <c>/user</c>.</summary>
    public const string Path = "keeper";

    /// <summary>Wishes that the sender knows; the higher version of each counts.</summary>
    /// <param name="All">The wishes.</param>
    public sealed record Wishes(ImmutableArray<ModelWish> All) : IWireMessage;

    /// <summary>Proposal to a stage's device: load this slice.</summary>
    /// <param name="Plan">The proposed ring.</param>
    /// <param name="Stage">Which stage.</param>
    /// <param name="Wish">The model.</param>
    /// <param name="Proposer">Address of the proposing device.</param>
    public sealed record Prepare(RingPlan Plan, int Stage, ModelWish Wish, string Proposer) : IWireMessage;

    /// <summary>A stage has its slice.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Epoch">The proposal.</param>
    /// <param name="Stage">Which stage.</param>
    /// <param name="Bytes">Weights in memory.</param>
    /// <param name="Milliseconds">How long it took.</param>
    public sealed record Ready(string Model, Epoch Epoch, int Stage, long Bytes, long Milliseconds) : IWireMessage;

    /// <summary>A stage cannot load its slice.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Epoch">The proposal.</param>
    /// <param name="Stage">Which stage.</param>
    /// <param name="Reason">Why, with the remedy.</param>
    public sealed record LoadFailed(string Model, Epoch Epoch, int Stage, string Reason) : IWireMessage;

    /// <summary>The ring is valid from now on.</summary>
    /// <param name="Plan">The ring.</param>
    public sealed record Commit(RingPlan Plan) : IWireMessage;

    /// <summary>There is no plan for a model.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Reason">What is needed, what there is, and the remedy.</param>
    public sealed record NoPlan(string Model, string Reason) : IWireMessage;

    /// <summary>A stage's shard died although its device lives: the epoch serves no more.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Epoch">The epoch.</param>
    public sealed record StageLost(string Model, Epoch Epoch) : IWireMessage;

    /// <summary>Answer to a proposal below one that is known already: the proposer may try again above it.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Highest">The greatest epoch known here.</param>
    public sealed record Outdated(string Model, Epoch Highest) : IWireMessage;

    /// <summary>Local: how long a hop of a ring takes.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Microseconds">Mean time of a hop.</param>
    public sealed record HopMeasured(string Model, Epoch Epoch, double Microseconds);

    /// <summary>Local: want this model.</summary>
    /// <param name="Wish">The wish; its version is set by the keeper.</param>
    public sealed record Want(ModelWish Wish);

    /// <summary>Local: drop this model everywhere; answered with true when it was there.</summary>
    /// <param name="Model">The model.</param>
    public sealed record Drop(string Model);

    /// <summary>Local: tell me <see cref="Changed"/> of a model now and at every change.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Listener">Who wants to know.</param>
    public sealed record Listen(string Model, IActorRef Listener);

    /// <summary>Local: a ring changed.</summary>
    /// <param name="Status">How it stands.</param>
    public sealed record Changed(RingStatus Status);

    /// <summary>Local: how do all rings stand? Answered with <see cref="Rings"/>.</summary>
    public sealed record Ask;

    /// <summary>Local: all rings.</summary>
    /// <param name="All">A status for each wished model.</param>
    /// <param name="View">The devices.</param>
    public sealed record Rings(ImmutableArray<RingStatus> All, Membership.DirectoryView? View);

    /// <summary>Local, to the shard host: host this stage; answered with <see cref="Ready"/> or <see cref="LoadFailed"/>.</summary>
    /// <param name="Plan">The ring.</param>
    /// <param name="Stage">Which stage.</param>
    /// <param name="Wish">The model.</param>
    public sealed record Host(RingPlan Plan, int Stage, ModelWish Wish);

    /// <summary>Local, to the shard host: end the shards of a model that are older than an epoch.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Before">The epoch that stays.</param>
    public sealed record Retire(string Model, Epoch Before);
}
