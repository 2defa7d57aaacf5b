using System.Collections.Immutable;
using Exo.Engine.Sampling;

namespace Exo.Actors.Sessions;

/// <summary>One generation, in token ids.</summary>
public sealed record GenerationRequest
{
    /// <summary>The model's name or path.</summary>
    public required string Model { get; init; }

    /// <summary>The prompt, at least one token.</summary>
    public required ImmutableArray<int> PromptTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public required SamplingParameters Sampling { get; init; }

    /// <summary>Tokens to generate at most; the end of the context ends the session too.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Tokens that end the session; the ending one is emitted too.</summary>
    public ImmutableHashSet<int> StopTokens { get; init; } = [];

    /// <summary>The caller's id, for logs.</summary>
    public string? RequestId { get; init; }
}
