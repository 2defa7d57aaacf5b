using System.Collections.Immutable;

namespace Exo.Engine.Sampling;

/// <summary>
/// How a token is chosen. Order: biases, penalties, the mask of a grammar, temperature, then the TopK most likely, then TypicalP, then TopP,
/// then MinP. A value that is off leaves its step out.
/// </summary>
public sealed record SamplingParameters
{
    /// <summary>The most biases of one request.</summary>
    public const int MostBiases = 1024;

    /// <summary>The longest window of penalties.</summary>
    public const int LongestWindow = 8192;

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

    /// <summary>
    /// Only tokens whose information is closest to the expected one, until together they reach this probability (Meister et al.: Locally typical
    /// sampling, 2022); 1 = off. Above 0, at most 1.
    /// </summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>Positive logits of tokens generated before are divided by it, others multiplied (Keskar et al.: CTRL, 2019); 1 = off. 0.01..10.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken off the logit of a token that was generated before; 0 = off. -2..2.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Taken off the logit of a token for each time that it was generated before; 0 = off. -2..2.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Tokens generated last that the penalties look at. 1..<see cref="LongestWindow"/></summary>
    public int PenaltyWindow { get; init; } = 1024;

    /// <summary>Added to logits; at most <see cref="MostBiases"/>, each id once.</summary>
    public ImmutableArray<TokenBias> Biases { get; init; } = [];

    /// <summary>Whether the tokens generated before count.</summary>
    public bool HasPenalties => RepetitionPenalty != 1 || PresencePenalty != 0 || FrequencyPenalty != 0;

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

        if (!(MinP >= 0 && MinP <= 1))
        {
            return $"min_p is {MinP}; use 0 (off) to 1.";
        }

        if (!(TypicalP > 0 && TypicalP <= 1))
        {
            return $"typical_p is {TypicalP}; use a number above 0 and at most 1 (off).";
        }

        return ValidatePenalties() ?? ValidateBiases();
    }

    private string? ValidatePenalties()
    {
        if (!(RepetitionPenalty >= 0.01f && RepetitionPenalty <= 10))
        {
            return $"repetition_penalty is {RepetitionPenalty}; use 0.01 to 10, 1 is off.";
        }

        if (!(PresencePenalty >= -2 && PresencePenalty <= 2))
        {
            return $"presence_penalty is {PresencePenalty}; use -2 to 2, 0 is off.";
        }

        if (!(FrequencyPenalty >= -2 && FrequencyPenalty <= 2))
        {
            return $"frequency_penalty is {FrequencyPenalty}; use -2 to 2, 0 is off.";
        }

        return PenaltyWindow is >= 1 and <= LongestWindow ? null : $"penalty_window is {PenaltyWindow}; use 1 to {LongestWindow}.";
    }

    private string? ValidateBiases()
    {
        if (Biases.IsDefault || Biases.Length > MostBiases)
        {
            return $"logit_bias has {(Biases.IsDefault ? 0 : Biases.Length)} entries; use at most {MostBiases}.";
        }

        HashSet<int> ids = [];
        foreach ((int id, float bias) in Biases)
        {
            if (id < 0 || !(bias >= -100 && bias <= 100) || !ids.Add(id))
            {
                return $"logit_bias gives token {id} {bias}; use ids of the vocabulary, each once, and -100 to 100.";
            }
        }

        return null;
    }
}
