namespace Exo.Engine.Sampling;

/// <summary>Biases, penalties and masks, applied to a copy of the logits. One caller at a time.</summary>
internal sealed class LogitAdjustment
{
    private readonly Dictionary<int, int> _counts = [];
    private float[] _adjusted = [];

    /// <summary>The logits themselves where there is nothing to change, otherwise scratch that lasts until the next call.</summary>
    /// <exception cref="ArgumentException">A bias is for no token, the mask is of another vocabulary, or it leaves no token.</exception>
    public ReadOnlySpan<float> Apply(ReadOnlySpan<float> logits, SamplingParameters parameters, ReadOnlySpan<int> recent, ReadOnlySpan<ulong> mask)
    {
        bool penalised = parameters.HasPenalties && !recent.IsEmpty;
        if (!penalised && parameters.Biases.IsEmpty && mask.IsEmpty)
        {
            return logits;
        }

        if (_adjusted.Length < logits.Length)
        {
            _adjusted = new float[logits.Length];
        }

        Span<float> adjusted = _adjusted.AsSpan(0, logits.Length);
        logits.CopyTo(adjusted);
        foreach ((int id, float bias) in parameters.Biases)
        {
            if (id >= adjusted.Length)
            {
                throw new ArgumentException($"The bias of token {id} is outside of the vocabulary of {adjusted.Length}.", nameof(parameters));
            }

            adjusted[id] += bias;
        }

        if (penalised)
        {
            Penalise(adjusted, parameters, recent[^Math.Min(parameters.PenaltyWindow, recent.Length)..]);
        }

        if (!mask.IsEmpty)
        {
            Mask(adjusted, mask);
        }

        return adjusted;
    }

    private void Penalise(Span<float> logits, SamplingParameters parameters, ReadOnlySpan<int> recent)
    {
        _counts.Clear();
        foreach (int id in recent)
        {
            if ((uint)id < (uint)logits.Length)
            {
                _counts[id] = _counts.GetValueOrDefault(id) + 1;
            }
        }

        // Each token is changed alone, so the order of the dictionary does not matter.
        foreach ((int id, int count) in _counts)
        {
            float logit = logits[id];
            logit = logit > 0 ? logit / parameters.RepetitionPenalty : logit * parameters.RepetitionPenalty;
            logit -= parameters.FrequencyPenalty * count;
            logits[id] = logit - parameters.PresencePenalty;
        }
    }

    private static void Mask(Span<float> logits, ReadOnlySpan<ulong> mask)
    {
        // A model may have more rows than its tokenizer has tokens; those have no text.
        if (mask.Length > (logits.Length + 63) / 64)
        {
            throw new ArgumentException($"A mask of {mask.Length} words is for more than {logits.Length} tokens.", nameof(mask));
        }

        bool any = false;
        for (int id = 0; id < logits.Length; id++)
        {
            if (id >> 6 >= mask.Length || (mask[id >> 6] >> (id & 63) & 1) == 0)
            {
                logits[id] = float.NegativeInfinity;
            }
            else
            {
                any |= logits[id] > float.NegativeInfinity;
            }
        }

        if (!any)
        {
            throw new ArgumentException("The mask leaves no token that can be chosen.", nameof(mask));
        }
    }
}
