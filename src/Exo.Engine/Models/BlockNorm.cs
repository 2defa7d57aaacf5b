namespace Exo.Engine.Models;

/// <summary>One norm of hidden states, of the kind that the model has.</summary>
internal sealed unsafe class BlockNorm
{
    private readonly ModelSpec _spec;
    private readonly float* _weight;
    private readonly float* _bias;

    /// <param name="spec">Kind, size and epsilon.</param>
    /// <param name="weights">Where the tensors come from.</param>
    /// <param name="name">"blk.0.attn_norm"</param>
    public BlockNorm(ModelSpec spec, WeightLoader weights, string name)
    {
        _spec = spec;
        _weight = weights.Vector(name + ".weight");
        _bias = spec.Norm != NormKind.Rms ? weights.OptionalVector(name + ".bias") : null;
        for (int i = 0; spec.NormOffset != 0 && i < spec.EmbeddingSize; i++)
        {
            _weight[i] += spec.NormOffset;
        }
    }

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string name)
    {
        yield return new(name + ".weight", unit, [spec.EmbeddingSize]);
        if (spec.Norm != NormKind.Rms)
        {
            yield return new(name + ".bias", unit, [spec.EmbeddingSize], Optional: true);
        }
    }

    /// <summary>Norms every token of the step. [tokens, embeddingSize]</summary>
    public void Forward(LayerStep step, float* x, float* y)
    {
        for (int t = 0; t < step.Tokens; t++)
        {
            long at = (long)t * _spec.EmbeddingSize;
            One(step, x + at, y + at);
        }
    }

    /// <summary>Norms one token. [embeddingSize]</summary>
    public void One(LayerStep step, float* x, float* y)
    {
        if (_spec.Norm == NormKind.Layer)
        {
            step.Kernels.LayerNorm(x, _weight, _bias, y, _spec.EmbeddingSize, _spec.NormEpsilon);
        }
        else
        {
            step.Kernels.RmsNorm(x, _weight, y, _spec.EmbeddingSize, _spec.NormEpsilon);
            if (_bias != null)
            {
                step.Kernels.Add(y, _bias, y, _spec.EmbeddingSize);
            }
        }
    }
}
