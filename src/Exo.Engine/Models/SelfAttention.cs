using System.Collections.Immutable;
using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>
/// Grouped-query attention over the cache (arXiv 2305.13245): query, key and value matrices, separate or one above the other, each with a
/// bias where the model has one; queries and keys normed where it has such norms; rotated by position.
/// </summary>
internal sealed unsafe class SelfAttention : Attention
{
    private readonly ModelSpec _spec;
    private readonly AttentionOptions _options;
    private readonly WeightMatrix? _fused;
    private readonly float* _fusedBias;
    private readonly WeightMatrix? _q;
    private readonly WeightMatrix? _k;
    private readonly WeightMatrix? _v;
    private readonly WeightMatrix _output;
    private readonly float* _qBias;
    private readonly float* _kBias;
    private readonly float* _vBias;
    private readonly float* _outputBias;
    private readonly float* _qNorm;
    private readonly float* _kNorm;
    private readonly float* _sinks;

    public SelfAttention(ModelSpec spec, WeightLoader weights, string prefix, AttentionOptions options)
    {
        _spec = spec;
        _options = options;
        if (options.Fused)
        {
            _fused = weights.Matrix(prefix + "attn_qkv.weight");
            _fusedBias = weights.OptionalVector(prefix + "attn_qkv.bias");
        }
        else
        {
            _q = weights.Matrix(prefix + "attn_q.weight");
            _k = weights.Matrix(prefix + "attn_k.weight");
            _v = weights.Matrix(prefix + "attn_v.weight");
            _qBias = weights.OptionalVector(prefix + "attn_q.bias");
            _kBias = weights.OptionalVector(prefix + "attn_k.bias");
            _vBias = weights.OptionalVector(prefix + "attn_v.bias");
        }

        _output = weights.Matrix(prefix + "attn_output.weight");
        _sinks = options.Sinks ? weights.Vector(prefix + "attn_sinks.weight") : null;
        _outputBias = weights.OptionalVector(prefix + "attn_output.bias");
        _qNorm = options.Norms == QueryKeyNorms.None ? null : weights.Vector(prefix + "attn_q_norm.weight");
        _kNorm = options.Norms == QueryKeyNorms.None ? null : weights.Vector(prefix + "attn_k_norm.weight");
        for (int i = 0; spec.NormOffset != 0 && _qNorm != null && i < spec.HeadSize; i++)
        {
            _qNorm[i] += spec.NormOffset;
            _kNorm[i] += spec.NormOffset;
        }
    }

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix, QueryKeyNorms norms = QueryKeyNorms.None, bool fused = false, bool sinks = false, bool gated = false)
    {
        int width = spec.HeadCount * spec.HeadSize;
        int kvWidth = spec.KvHeadCount * spec.HeadSize;
        if (fused)
        {
            yield return new(prefix + "attn_qkv.weight", unit, [width + (2 * kvWidth), spec.EmbeddingSize]);
            yield return new(prefix + "attn_qkv.bias", unit, [width + (2 * kvWidth)], Optional: true);
        }
        else
        {
            yield return new(prefix + "attn_q.weight", unit, [gated ? 2 * width : width, spec.EmbeddingSize]);
            yield return new(prefix + "attn_k.weight", unit, [kvWidth, spec.EmbeddingSize]);
            yield return new(prefix + "attn_v.weight", unit, [kvWidth, spec.EmbeddingSize]);
            yield return new(prefix + "attn_q.bias", unit, [width], Optional: true);
            yield return new(prefix + "attn_k.bias", unit, [kvWidth], Optional: true);
            yield return new(prefix + "attn_v.bias", unit, [kvWidth], Optional: true);
        }

        yield return new(prefix + "attn_output.weight", unit, [spec.EmbeddingSize, width]);
        yield return new(prefix + "attn_output.bias", unit, [spec.EmbeddingSize], Optional: true);
        if (sinks)
        {
            yield return new(prefix + "attn_sinks.weight", unit, [spec.HeadCount]);
        }

        if (norms != QueryKeyNorms.None)
        {
            yield return new(prefix + "attn_q_norm.weight", unit, Norm(spec.HeadCount)) { IsVector = true };
            yield return new(prefix + "attn_k_norm.weight", unit, Norm(spec.KvHeadCount)) { IsVector = true };
        }

        ImmutableArray<long> Norm(int heads) => norms switch
        {
            QueryKeyNorms.Heads => [spec.HeadSize],
            QueryKeyNorms.LayerHeads => [heads, spec.HeadSize],
            _ => [heads * spec.HeadSize],
        };
    }

    public override float* Forward(LayerStep step, int cacheLayer, float* x)
    {
        int width = _spec.HeadCount * _spec.HeadSize;
        int kvWidth = _spec.KvHeadCount * _spec.HeadSize;
        float* q = step.Room(StepRoom.Queries, width);
        float* k = step.Room(StepRoom.Keys, kvWidth);
        float* v = step.Room(StepRoom.Values, kvWidth);
        if (_fused is not null)
        {
            float* fused = step.Room(StepRoom.Fused, width + (2 * kvWidth));
            step.Multiply(_fused, x, fused);
            step.AddBias(fused, _fusedBias, width + (2 * kvWidth));
            step.Split(fused, [width, kvWidth, kvWidth], q, k, v);
        }
        else
        {
            float* queries = _options.Gated ? step.Room(StepRoom.Fused, 2 * width) : q;
            step.Multiply(x, [new Product(_q!, queries), new Product(_k!, k), new Product(_v!, v)]);
            if (_options.Gated)
            {
                step.SplitHeads(queries, _spec.HeadCount, q, step.Room(StepRoom.Gate, width));
            }

            step.AddBias(q, _qBias, width);
            step.AddBias(k, _kBias, kvWidth);
            step.AddBias(v, _vBias, kvWidth);
        }

        if (_options.Norms == QueryKeyNorms.Heads)
        {
            step.RmsNormHeads(q, _qNorm, _spec.HeadCount);
            step.RmsNormHeads(k, _kNorm, _spec.KvHeadCount);
        }
        else if (_options.Norms == QueryKeyNorms.Whole)
        {
            step.RmsNorm(q, _qNorm, q, width);
            step.RmsNorm(k, _kNorm, k, kvWidth);
        }
        else if (_options.Norms == QueryKeyNorms.LayerHeads)
        {
            step.LayerNormHeads(q, _qNorm, _spec.HeadCount);
            step.LayerNormHeads(k, _kNorm, _spec.KvHeadCount);
        }

        if (_options.Rope >= 0)
        {
            step.Rope(_options.Rope, q, _spec.HeadCount);
            step.Rope(_options.Rope, k, _spec.KvHeadCount);
        }

        if (_options.NormsTurned)
        {
            step.RmsNormHeads(q, null, _spec.HeadCount);
            step.RmsNormHeads(k, null, _spec.KvHeadCount);
        }

        if (!_options.Untempered)
        {
            step.ScaleByPosition(q, width);
        }

        float* attended = step.Room(StepRoom.Attended, width);
        step.Attend(cacheLayer, q, k, v, attended, _options.Window, _sinks);
        if (_options.Gated)
        {
            step.Kernels.SigmoidMul(step.Room(StepRoom.Gate, width), attended, attended, step.Tokens * width);
        }

        float* output = step.Room(StepRoom.Projected, _spec.EmbeddingSize);
        step.Multiply(_output, attended, output);
        step.AddBias(output, _outputBias, _spec.EmbeddingSize);
        return output;
    }
}
