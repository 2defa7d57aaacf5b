using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>
/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434) in its absorbed form: a token stores one latent vector and one turned key for
/// all heads; each head's query is carried into the latent space, and what it attends to is carried out of it.
/// </summary>
internal sealed unsafe class LatentAttention : Attention
{
    private readonly ModelSpec _spec;
    private readonly LatentSpec _latent;
    private readonly WeightMatrix? _q;
    private readonly WeightMatrix? _qDown;
    private readonly WeightMatrix? _qUp;
    private readonly float* _qNorm;
    private readonly WeightMatrix _kvDown;
    private readonly float* _kvNorm;
    private readonly WeightMatrix[] _into;
    private readonly WeightMatrix[] _outOf;
    private readonly WeightMatrix _output;

    public LatentAttention(ModelSpec spec, WeightLoader weights, string prefix)
    {
        _spec = spec;
        _latent = spec.Latent!;
        if (_latent.QueryRank > 0)
        {
            _qDown = weights.Matrix(prefix + "attn_q_a.weight");
            _qNorm = weights.Vector(prefix + "attn_q_a_norm.weight");
            _qUp = weights.Matrix(prefix + "attn_q_b.weight");
        }
        else
        {
            _q = weights.Matrix(prefix + "attn_q.weight");
        }

        _kvDown = weights.Matrix(prefix + "attn_kv_a_mqa.weight");
        _kvNorm = weights.Vector(prefix + "attn_kv_a_norm.weight");
        (_into, _outOf) = spec.SplitLatent
            ? (weights.Stack(prefix + "attn_k_b.weight"), weights.Stack(prefix + "attn_v_b.weight"))
            : weights.Latent(prefix + "attn_kv_b.weight", spec.HeadCount, _latent);
        _output = weights.Matrix(prefix + "attn_output.weight");
    }

    private int QuerySize => _latent.UnturnedSize + _latent.TurnedSize;

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix)
    {
        LatentSpec latent = spec.Latent!;
        long queries = (long)spec.HeadCount * (latent.UnturnedSize + latent.TurnedSize);
        if (latent.QueryRank > 0)
        {
            yield return new(prefix + "attn_q_a.weight", unit, [latent.QueryRank, spec.EmbeddingSize]);
            yield return new(prefix + "attn_q_a_norm.weight", unit, [latent.QueryRank]);
            yield return new(prefix + "attn_q_b.weight", unit, [queries, latent.QueryRank]);
        }
        else
        {
            yield return new(prefix + "attn_q.weight", unit, [queries, spec.EmbeddingSize]);
        }

        yield return new(prefix + "attn_kv_a_mqa.weight", unit, [latent.Rank + latent.TurnedSize, spec.EmbeddingSize]);
        yield return new(prefix + "attn_kv_a_norm.weight", unit, [latent.Rank]);
        if (spec.SplitLatent)
        {
            yield return new(prefix + "attn_k_b.weight", unit, [spec.HeadCount, latent.Rank, latent.UnturnedSize]);
            yield return new(prefix + "attn_v_b.weight", unit, [spec.HeadCount, latent.ValueSize, latent.Rank]);
        }
        else
        {
            yield return new(prefix + "attn_kv_b.weight", unit, [(long)spec.HeadCount * (latent.UnturnedSize + latent.ValueSize), latent.Rank]) { Heads = latent };
        }

        yield return new(prefix + "attn_output.weight", unit, [spec.EmbeddingSize, (long)spec.HeadCount * latent.ValueSize]);
    }

    public override float* Forward(LayerStep step, int cacheLayer, float* x)
    {
        float* q = Queries(step, x);
        int compressed = _latent.Rank + _latent.TurnedSize;
        float* key = step.Room(StepRoom.Keys, compressed);
        float* value = step.Room(StepRoom.Values, _latent.Rank);
        step.Multiply(_kvDown, x, key);
        step.RmsNorm(key, compressed, _kvNorm, value, _latent.Rank, _latent.Rank);
        step.Rope(0, key + _latent.Rank, 1, _latent.TurnedSize, compressed);
        step.Place(value, _latent.Rank, key, compressed, _latent.Rank);

        float* absorbed = step.Room(StepRoom.Absorbed, _spec.HeadCount * compressed);
        float* headIn = step.Room(StepRoom.HeadIn, Math.Max(_latent.UnturnedSize, _latent.Rank));
        float* headOut = step.Room(StepRoom.HeadOut, Math.Max(_latent.Rank, _latent.ValueSize));
        long queryStride = (long)_spec.HeadCount * QuerySize;
        long absorbedStride = (long)_spec.HeadCount * compressed;
        for (int h = 0; h < _spec.HeadCount; h++)
        {
            step.Place(q + (h * QuerySize), queryStride, headIn, _latent.UnturnedSize, _latent.UnturnedSize);
            step.Multiply(_into[h], headIn, headOut);
            step.Place(headOut, _latent.Rank, absorbed + (h * compressed), absorbedStride, _latent.Rank);
            step.Place(q + (h * QuerySize) + _latent.UnturnedSize, queryStride, absorbed + (h * compressed) + _latent.Rank, absorbedStride, _latent.TurnedSize);
        }

        float* attended = step.Room(StepRoom.Attended, _spec.HeadCount * _latent.Rank);
        step.Attend(cacheLayer, absorbed, key, value, attended, window: 0);

        float* values = step.Room(StepRoom.Queries, _spec.HeadCount * Math.Max(QuerySize, _latent.ValueSize));
        for (int h = 0; h < _spec.HeadCount; h++)
        {
            step.Place(attended + (h * _latent.Rank), (long)_spec.HeadCount * _latent.Rank, headIn, _latent.Rank, _latent.Rank);
            step.Multiply(_outOf[h], headIn, headOut);
            step.Place(headOut, _latent.ValueSize, values + (h * _latent.ValueSize), (long)_spec.HeadCount * _latent.ValueSize, _latent.ValueSize);
        }

        float* output = step.Room(StepRoom.Projected, _spec.EmbeddingSize);
        step.Multiply(_output, values, output);
        return output;
    }

    /// <summary>[tokens, heads, unturned, then turned]</summary>
    private float* Queries(LayerStep step, float* x)
    {
        float* q = step.Room(StepRoom.Queries, _spec.HeadCount * Math.Max(QuerySize, _latent.ValueSize));
        if (_q is not null)
        {
            step.Multiply(_q, x, q);
        }
        else
        {
            float* compressed = step.Room(StepRoom.Latent, _latent.QueryRank);
            step.Multiply(_qDown!, x, compressed);
            step.RmsNorm(compressed, _latent.QueryRank, _qNorm, compressed, _latent.QueryRank, _latent.QueryRank);
            step.Multiply(_qUp!, compressed, q);
        }

        long stride = (long)_spec.HeadCount * QuerySize;
        for (int h = 0; h < _spec.HeadCount; h++)
        {
            step.Rope(0, q + (h * QuerySize) + _latent.UnturnedSize, 1, _latent.TurnedSize, stride);
        }

        step.ScaleByPosition(q, (int)stride);

        return q;
    }
}
