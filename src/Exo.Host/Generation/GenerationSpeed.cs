using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>How fast an answer came, in decoding alone.</summary>
internal static class GenerationSpeed
{
    /// <summary>The first token belongs to the prefill; 0 when there was no second.</summary>
    public static double TokensPerSecond(GenerationTimings timings) =>
        timings.GeneratedTokens > 1 && timings.Decode > TimeSpan.Zero ? (timings.GeneratedTokens - 1) / timings.Decode.TotalSeconds : 0;
}
