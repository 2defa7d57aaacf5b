using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Which experts a token visits, and with which weights. Pure; sums ascend, equal scores go to the lower number.</summary>
internal static class ExpertRouting
{
    /// <summary>Chooses experts.</summary>
    /// <param name="spec">The rules.</param>
    /// <param name="scores">The router's logits; overwritten. [Count]</param>
    /// <param name="bias">Added to the scores for choosing only; empty = none. [Count]</param>
    /// <param name="room">Scratch. [Count]</param>
    /// <param name="chosen">The experts, ascending. [Used]</param>
    /// <param name="weights">Their weights. [Used]</param>
    public static void Choose(ExpertSpec spec, Span<float> scores, ReadOnlySpan<float> bias, Span<float> room, Span<int> chosen, Span<float> weights)
    {
        if (spec.Scoring == ExpertScoring.SparseMixer)
        {
            MixSparsely(spec, scores, room, chosen, weights);
            return;
        }

        switch (spec.Scoring)
        {
            case ExpertScoring.Softmax:
                Softmax(scores);
                break;
            case ExpertScoring.Sigmoid:
                foreach (ref float score in scores)
                {
                    score = 1 / (1 + CanonicalMath.Exp(-score));
                }

                break;
        }

        for (int e = 0; e < scores.Length; e++)
        {
            room[e] = bias.IsEmpty ? scores[e] : scores[e] + bias[e];
        }

        if (spec.Groups > 1)
        {
            KeepBestGroups(spec, room);
        }

        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = Highest(room);
            room[chosen[i]] = float.NegativeInfinity;
        }

        chosen.Sort();
        for (int i = 0; i < chosen.Length; i++)
        {
            weights[i] = scores[chosen[i]];
        }

        if (spec.Scoring == ExpertScoring.SoftmaxOfChosen)
        {
            Softmax(weights);
        }

        float sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        foreach (ref float weight in weights)
        {
            weight = (spec.Renormalise && sum > 0 ? weight / sum : weight) * spec.Scale;
        }
    }

    private static void MixSparsely(ExpertSpec spec, ReadOnlySpan<float> scores, Span<float> room, Span<int> chosen, Span<float> weights)
    {
        scores.CopyTo(room);
        for (int i = 0; i < chosen.Length; i++)
        {
            int best = Highest(room);
            float top = room[best];
            float sum = 0;
            for (int e = 0; e < room.Length; e++)
            {
                float size = Math.Max(Math.Abs(scores[e]), top);
                sum += (top - room[e]) / size > spec.Nearness ? 0 : CanonicalMath.Exp(room[e] - top);
            }

            (chosen[i], weights[i]) = (best, 1 / sum);
            room[best] = float.NegativeInfinity;
        }

        chosen.Sort(weights);
    }

    /// <summary>A group counts by its best score, or by its two best.</summary>
    private static void KeepBestGroups(ExpertSpec spec, Span<float> scores)
    {
        int size = scores.Length / spec.Groups;
        Span<float> groups = stackalloc float[spec.Groups];
        for (int g = 0; g < spec.Groups; g++)
        {
            (float best, float second) = (float.NegativeInfinity, float.NegativeInfinity);
            foreach (float score in scores.Slice(g * size, size))
            {
                (best, second) = score > best ? (score, best) : (best, Math.Max(second, score));
            }

            groups[g] = spec.GroupsByTwo && size > 1 ? best + second : best;
        }

        for (int dropped = spec.Groups; dropped > spec.GroupsUsed; dropped--)
        {
            int lowest = 0;
            for (int g = 1; g < spec.Groups; g++)
            {
                lowest = groups[g] <= groups[lowest] || float.IsPositiveInfinity(groups[lowest]) ? g : lowest;
            }

            groups[lowest] = float.PositiveInfinity;
            scores.Slice(lowest * size, size).Fill(float.NegativeInfinity);
        }
    }

    private static int Highest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int e = 1; e < scores.Length; e++)
        {
            best = scores[e] > scores[best] ? e : best;
        }

        return best;
    }

    private static void Softmax(Span<float> scores)
    {
        float top = float.NegativeInfinity;
        foreach (float score in scores)
        {
            top = Math.Max(top, score);
        }

        float sum = 0;
        foreach (ref float score in scores)
        {
            score = CanonicalMath.Exp(score - top);
            sum += score;
        }

        foreach (ref float score in scores)
        {
            score /= sum;
        }
    }
}
