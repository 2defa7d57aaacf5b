using Exo.Engine.Sampling;

namespace Exo.Actors.Shards;

/// <summary>Whether a ring can serve a session at all. What the engine would take for a bug must not reach it: the shard would die of it, with everybody's sessions.</summary>
internal static class AdmitCheck
{
    /// <summary>Null when it can, otherwise why not and what helps.</summary>
    public static string? Refusal(ShardProtocol.Admit admit, string model, int contextTokens, int vocabularySize)
    {
        if (admit.Tokens.IsEmpty || admit.MaxTokens < 1 || admit.Tokens.Length + (long)admit.MaxTokens > contextTokens)
        {
            return $"{admit.Tokens.Length} tokens and {admit.MaxTokens} more do not fit the context of {contextTokens} tokens of this ring: ask for fewer.";
        }

        foreach (int id in admit.Tokens)
        {
            if ((uint)id >= (uint)vocabularySize)
            {
                return $"Token {id} is not one of {model}'s {vocabularySize}: encode the prompt with this model's tokenizer.";
            }
        }

        foreach (TokenBias bias in admit.Sampling.Biases)
        {
            if (bias.Id >= vocabularySize)
            {
                return $"logit_bias names token {bias.Id}, which is not one of {model}'s {vocabularySize}: leave it out.";
            }
        }

        return null;
    }
}
