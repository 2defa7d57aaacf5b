namespace Exo.Engine.Sampling;

/// <summary>
/// How a token is chosen. Order: temperature, then the TopK most likely, then TopP, then MinP.
/// A value that is off leaves its filter out.
/// </summary>
public sealed record SamplingParameters
{
    /// <summary>The most likely token; of equals the lowest id.</summary>
    public static SamplingParameters Greedy { get; } = new();

    /// <summary>Logits are divided by it; 0 = greedy. 0..100.</summary>
    public float Temperature { get; init; }

    /// <summary>Only that many of the most likely tokens; 0 = off.</summary>
    public int TopK { get; init; }

    /// <summary>Only the most likely tokens that together reach this probability; 1 = off. Above 0, at most 1.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Only tokens at least this fraction as likely as the most likely one; 0 = off. 0..1.</summary>
    public float MinP { get; init; }

    /// <summary>With the position, decides every draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>Null when all values are usable, otherwise which is not, its value and the allowed range.</summary>
    public string? Validate()
    {
        if (!(Temperature >= 0 && Temperature <= 100))
        {
            return $"temperature is {Temperature}; use 0 (greedy) to 100.";
        }

        if (TopK < 0)
        {
            return $"top_k is {TopK}; use 0 (off) or a positive number.";
        }

        if (!(TopP > 0 && TopP <= 1))
        {
            return $"top_p is {TopP}; use a number above 0 and at most 1 (off).";
        }

        return MinP >= 0 && MinP <= 1 ? null : $"min_p is {MinP}; use 0 (off) to 1.";
    }
}
