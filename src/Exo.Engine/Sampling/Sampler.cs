using Exo.Engine.Kernels;

namespace Exo.Engine.Sampling;

/// <summary>
/// Chooses a token from logits: a pure function of its arguments, the same on every machine. An instance owns scratch only and serves
/// one caller at a time; instances may be exchanged at will.
/// </summary>
public sealed class Sampler
{
    private readonly LogitAdjustment _adjustment = new();
    private Candidate[] _candidates = [];

    /// <summary>The token at <paramref name="position"/>.</summary>
    /// <param name="logits">A finite number for each token. [vocabulary]</param>
    /// <param name="parameters">Valid parameters.</param>
    /// <param name="position">Absolute position of the token that is being chosen.</param>
    /// <param name="recent">Tokens that the session generated, the last one last; those of the penalties' window suffice.</param>
    /// <param name="mask">A bit for each token that may be chosen, the lowest id first; tokens behind its end may not. Empty: all may.</param>
    /// <exception cref="ArgumentException">There are no logits, none is above minus infinity, the mask leaves none, or a bias is for no token.</exception>
    public int Sample(ReadOnlySpan<float> logits, SamplingParameters parameters, int position, ReadOnlySpan<int> recent = default, ReadOnlySpan<ulong> mask = default)
    {
        logits = _adjustment.Apply(logits, parameters, recent, mask);
        int best = Best(logits);
        if (parameters.Temperature == 0 || parameters.TopK == 1)
        {
            return best;
        }

        Span<Candidate> sorted = Sort(logits, parameters.TopK);
        float highest = logits[best];
        for (int i = 0; i < sorted.Length; i++)
        {
            // The most likely token has weight 1; the others' are relative to it. Division first: a small temperature must not overflow.
            sorted[i].Weight = CanonicalMath.Exp((sorted[i].Logit - highest) / parameters.Temperature);
        }

        if (parameters.TypicalP < 1)
        {
            sorted = sorted[..KeepTypical(sorted, parameters.TypicalP)];
        }

        int kept = Filter(sorted, parameters);
        double total = 0;
        for (int i = 0; i < kept; i++)
        {
            total += sorted[i].Weight;
        }

        double draw = DrawSequence.At(parameters.Seed, position) * total;
        double below = 0;
        for (int i = 0; i < kept - 1; i++)
        {
            below += sorted[i].Weight;
            if (draw < below)
            {
                return sorted[i].Id;
            }
        }

        return sorted[kept - 1].Id;
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        int best = -1;
        float highest = float.NegativeInfinity;
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] > highest)
            {
                highest = logits[i];
                best = i;
            }
        }

        return best >= 0 ? best : throw new ArgumentException($"None of {logits.Length} logits is above minus infinity.", nameof(logits));
    }

    /// <summary>Moves the typical candidates to the front, sorted as before; gives how many they are.</summary>
    private static int KeepTypical(Span<Candidate> sorted, float wanted)
    {
        double total = 0;
        foreach (Candidate candidate in sorted)
        {
            total += candidate.Weight;
        }

        // Information is -log p; its expectation is the entropy.
        double entropy = 0;
        foreach (Candidate candidate in sorted)
        {
            double p = candidate.Weight / total;
            entropy -= p > 0 ? p * CanonicalMath.Log(p) : 0;
        }

        foreach (ref Candidate candidate in sorted)
        {
            double p = candidate.Weight / total;
            candidate.Oddness = p > 0 ? Math.Abs(-CanonicalMath.Log(p) - entropy) : double.PositiveInfinity;
        }

        sorted.Sort(static (a, b) => a.Oddness.CompareTo(b.Oddness) is not 0 and int order ? order : a.CompareTo(b));
        double sum = 0;
        int kept = 0;
        while (kept < sorted.Length && (kept == 0 || sum < wanted * total))
        {
            sum += sorted[kept++].Weight;
        }

        sorted[..kept].Sort();
        return kept;
    }

    /// <summary>How many of the sorted candidates stay.</summary>
    private static int Filter(ReadOnlySpan<Candidate> sorted, SamplingParameters parameters)
    {
        int kept = sorted.Length;
        if (parameters.TopP < 1)
        {
            double total = 0;
            foreach (Candidate candidate in sorted)
            {
                total += candidate.Weight;
            }

            double wanted = parameters.TopP * total;
            double sum = 0;
            kept = 0;
            while (kept < sorted.Length && (kept == 0 || sum < wanted))
            {
                sum += sorted[kept++].Weight;
            }
        }

        while (kept > 1 && sorted[kept - 1].Weight < parameters.MinP)
        {
            kept--;
        }

        return kept;
    }

    /// <summary>The candidates by descending logit, then by ascending id; minus infinity is no candidate.</summary>
    private Span<Candidate> Sort(ReadOnlySpan<float> logits, int topK)
    {
        if (_candidates.Length < logits.Length)
        {
            _candidates = new Candidate[logits.Length];
        }

        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (logits[id] > float.NegativeInfinity)
            {
                _candidates[count++] = new Candidate { Logit = logits[id], Id = id };
            }
        }

        Span<Candidate> all = _candidates.AsSpan(0, count);
        all.Sort();
        return topK > 0 && topK < count ? all[..topK] : all;
    }

    private struct Candidate : IComparable<Candidate>
    {
        public float Logit;
        public float Weight;
        public double Oddness;
        public int Id;

        public readonly int CompareTo(Candidate other)
        {
            int order = other.Logit.CompareTo(Logit);
            return order != 0 ? order : Id.CompareTo(other.Id);
        }
    }
}
