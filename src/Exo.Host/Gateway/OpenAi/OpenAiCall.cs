using Exo.Engine.Sampling;
using Exo.Host.Generation;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>A checked request of /v1/chat/completions or /v1/completions.</summary>
internal sealed record OpenAiCall
{
    public required bool Chat { get; init; }

    public required string Model { get; init; }

    public required IModelText Text { get; init; }

    /// <summary>One choice of the answer for each.</summary>
    public required IReadOnlyList<int[]> Prompts { get; init; }

    public required SamplingParameters Sampling { get; init; }

    public required int? MaxTokens { get; init; }

    public required IReadOnlyList<string> Stops { get; init; }

    public required bool IgnoreEnd { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    /// <summary>An extension: the token ids beside the text.</summary>
    public required bool ReturnTokenIds { get; init; }
}
