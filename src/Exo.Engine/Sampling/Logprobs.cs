using Exo.Engine.Kernels;

namespace Exo.Engine.Sampling;

/// <summary>
/// Probabilities as the model gives them: the softmax of the logits, before penalties, biases, filters and temperature. The same bits on every
/// machine: summed in double precision in the order of the ids.
/// </summary>
public static class Logprobs
{
    /// <summary>The chosen token and the likeliest ones.</summary>
    /// <param name="logits">A number for each token. [vocabulary]</param>
    /// <param name="chosen">Id of the token that was chosen.</param>
    /// <param name="top">How many of the likeliest to add, by descending probability, then ascending id; 0 for none.</param>
    /// <exception cref="ArgumentException">No logit is above minus infinity, or the token is outside of the vocabulary.</exception>
    public static (TokenLogprob Chosen, TokenLogprob[] Top) Of(ReadOnlySpan<float> logits, int chosen, int top)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        if ((uint)chosen >= (uint)logits.Length)
        {
            throw new ArgumentException($"Token {chosen} is outside of the vocabulary of {logits.Length}.", nameof(chosen));
        }

        float highest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            highest = Math.Max(highest, logit);
        }

        if (float.IsNegativeInfinity(highest))
        {
            throw new ArgumentException($"None of {logits.Length} logits is above minus infinity.", nameof(logits));
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += CanonicalMath.Exp(logit - highest);
        }

        double norm = highest + CanonicalMath.Log(sum);
        TokenLogprob[] likeliest = new TokenLogprob[Math.Min(top, logits.Length)];
        int count = 0;
        for (int id = 0; id < logits.Length && likeliest.Length > 0; id++)
        {
            if (count == likeliest.Length && logits[id] <= likeliest[^1].Logprob)
            {
                continue;
            }

            // Few are wanted of many: insertion from the end finds the place at once for nearly all of them.
            int at = count < likeliest.Length ? count++ : count - 1;
            while (at > 0 && likeliest[at - 1].Logprob < logits[id])
            {
                likeliest[at] = likeliest[at - 1];
                at--;
            }

            likeliest[at] = new TokenLogprob(id, logits[id]);
        }

        for (int i = 0; i < likeliest.Length; i++)
        {
            likeliest[i] = likeliest[i] with { Logprob = (float)(likeliest[i].Logprob - norm) };
        }

        return (new TokenLogprob(chosen, (float)(logits[chosen] - norm)), likeliest);
    }
}
