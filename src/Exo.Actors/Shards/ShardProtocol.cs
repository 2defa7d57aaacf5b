using System.Collections.Immutable;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;
using Exo.Engine.Sampling;

namespace Exo.Actors.Shards;

/// <summary>Messages to and from the stages of a ring. Each carries its epoch; a stage refuses those of another.</summary>
public static class ShardProtocol
{
    /// <summary>The shard host's name below <c>/user</c>; shards are its children.</summary>
    public const string Path = "shards";

    /// <summary>Where the configuration says how much a stage's mailbox holds.</summary>
    public const string Mailbox = "akka.actor.mailbox.exo-stage";

    /// <summary>Owner → stage 0: generate for this session.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Session">The session and its attempt.</param>
    /// <param name="Owner">The owner's address, <c>host:port</c>, and its name below <c>/user</c>.</param>
    /// <param name="Tokens">Prompt and what was emitted so far.</param>
    /// <param name="Emitted">How many of the last tokens were emitted.</param>
    /// <param name="Sampling">How tokens are chosen.</param>
    /// <param name="MaxTokens">Tokens to generate from here on.</param>
    /// <param name="StopTokens">Tokens that end the session.</param>
    public sealed record Admit(Epoch Epoch, SessionKey Session, OwnerName Owner, ImmutableArray<int> Tokens, int Emitted, SamplingParameters Sampling, int MaxTokens, ImmutableArray<int> StopTokens) : IWireMessage;

    /// <summary>Stage 0 → owner: the session runs, or waits for a free place.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Waiting">Whether it waits.</param>
    public sealed record Admitted(SessionKey Session, bool Waiting) : IWireMessage;

    /// <summary>A stage → the next: open this session, and tell how much of its beginning you have computed already.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Session">The session.</param>
    /// <param name="Opening">What a stage must know of it.</param>
    /// <param name="Tokens">The tokens that the stages so far have computed, and the one behind them.</param>
    public sealed record Share(Epoch Epoch, SessionKey Session, Opening Opening, ImmutableArray<int> Tokens) : IWireMessage;

    /// <summary>The stage at which the way ended → stage 0: what all of them have computed.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Session">The session.</param>
    /// <param name="Count">Tokens from the beginning.</param>
    public sealed record Shared(Epoch Epoch, SessionKey Session, int Count) : IWireMessage;

    /// <summary>Owner → stage 0: stop this session.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Session">The session.</param>
    public sealed record Cancel(Epoch Epoch, SessionKey Session) : IWireMessage;

    /// <summary>A stage → the next: forget this session.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Session">The session.</param>
    public sealed record Close(Epoch Epoch, SessionKey Session) : IWireMessage;

    /// <summary>A stage → the next: rows of several sessions, with their hidden states.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Batch">Number of the batch at stage 0.</param>
    /// <param name="ComputeMicroseconds">What the stages so far spent on it, queueing included.</param>
    /// <param name="HopMicroseconds">Stage 0's mean time of a hop, told to owners by the tail.</param>
    /// <param name="Rows">The rows.</param>
    /// <param name="Hidden">[all rows' tokens, hidden size] float32, little-endian; owned by the message.</param>
    public sealed record StepBatch(Epoch Epoch, long Batch, long ComputeMicroseconds, float HopMicroseconds, ImmutableArray<StepRow> Rows, ReadOnlyMemory<byte> Hidden) : IWireMessage;

    /// <summary>Tail → stage 0: the batch went round.</summary>
    /// <param name="Epoch">The ring.</param>
    /// <param name="Batch">Its number.</param>
    /// <param name="ComputeMicroseconds">What all stages spent on it, queueing included.</param>
    /// <param name="Tokens">The tokens that were chosen.</param>
    public sealed record StepResult(Epoch Epoch, long Batch, long ComputeMicroseconds, ImmutableArray<ChosenToken> Tokens) : IWireMessage;

    /// <summary>Tail → owner: the next token.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Position">Its absolute position.</param>
    /// <param name="Id">The token.</param>
    /// <param name="HopMicroseconds">Mean time of a hop; 0 = not measured yet.</param>
    public sealed record Token(SessionKey Session, int Position, int Id, float HopMicroseconds) : IWireMessage;

    /// <summary>A stage → owner: the session cannot go on here.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Final">Whether trying again on the same ring is useless.</param>
    public sealed record Refused(SessionKey Session, string Reason, bool Final) : IWireMessage;
}
