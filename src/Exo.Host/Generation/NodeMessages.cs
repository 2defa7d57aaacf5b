using System.Collections.Immutable;
using Exo.Engine.Sampling;

namespace Exo.Host.Generation;

internal sealed record ChatMessage(string Role, string Content);

internal sealed record LoadRequest(string Model, int? Stages);

internal sealed record LoadOutcome(bool Ok, string Message);

internal sealed record ClusterSnapshot(ImmutableArray<MemberView> Members, ImmutableArray<RingView> Rings);

internal sealed record MemberView(string Address, string Name, string Status, bool Reachable, bool Self, long MemoryBytes, string? HttpAddress);

internal sealed record RingView(string Model, string Epoch, string State, ImmutableArray<StageView> Stages);

internal sealed record StageView(string Device, string Address, int FirstUnit, int LastUnit, long Bytes, double HopMicroseconds);

internal sealed record GenerationRequest
{
    public required string Model { get; init; }

    public required ImmutableArray<int> PromptTokens { get; init; }

    public required SamplingParameters Sampling { get; init; }

    public required int MaxTokens { get; init; }

    public ImmutableHashSet<int> StopTokens { get; init; } = [];

    public string? RequestId { get; init; }
}

internal enum FinishReason
{
    Stop,
    Length,
    Cancelled,
}

internal enum FailureKind
{
    NotEnoughMemory,
    Other,
}

internal abstract record GenerationEvent
{
    public sealed record Queued : GenerationEvent;

    public sealed record Started(string Model, int PromptTokens, string Epoch) : GenerationEvent;

    public sealed record Token(int Id, int Index) : GenerationEvent;

    public sealed record Paused(string Reason) : GenerationEvent;

    public sealed record Resumed(string Epoch, TimeSpan Pause) : GenerationEvent;

    public sealed record Finished(FinishReason Reason, GenerationTimings Timings) : GenerationEvent;

    public sealed record Failed(FailureKind Kind, string Message) : GenerationEvent;
}

internal sealed record GenerationTimings(TimeSpan Queued, TimeSpan Prefill, TimeSpan Decode, int PromptTokens, int GeneratedTokens, int Recoveries, TimeSpan LongestPause, double HopMicroseconds);
