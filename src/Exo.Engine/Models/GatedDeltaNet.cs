using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>
/// Gated delta rule (arXiv 2412.06464): each head keeps a matrix S of keys by values; a token lets it fade, corrects what it gives for the
/// token's key towards the token's value, and reads it with the query: S = αS; S += k ⊗ β(v − Sᵀk); y = Sᵀq; then a norm by head, gated by SiLU(z).
/// A layer's state is [heads, keySize, valueSize], behind the convolution's.
/// </summary>
internal sealed unsafe class GatedDeltaNet : Attention
{
    private readonly ModelSpec _spec;
    private readonly RecurrentSpec _recurrent;
    private readonly ShortConvolution _convolution;
    private readonly WeightMatrix _qkv;
    private readonly WeightMatrix _z;
    private readonly WeightMatrix? _both;
    private readonly WeightMatrix? _beta;
    private readonly WeightMatrix? _alpha;
    private readonly float* _dtBias;
    private readonly float* _a;
    private readonly float* _norm;
    private readonly WeightMatrix _out;

    /// <param name="spec">Shapes.</param>
    /// <param name="weights">Where the tensors come from.</param>
    /// <param name="prefix">"blk.0."</param>
    public GatedDeltaNet(ModelSpec spec, WeightLoader weights, string prefix)
    {
        _spec = spec;
        _recurrent = spec.Recurrent!;
        bool together = _recurrent.OneGateMatrix;
        _convolution = new ShortConvolution(_recurrent, weights, prefix);
        _qkv = weights.Matrix(prefix + "attn_qkv.weight");
        _z = weights.Matrix(prefix + "attn_gate.weight");
        _both = together ? weights.Matrix(prefix + "ssm_ba.weight") : null;
        _beta = together ? null : weights.Matrix(prefix + "ssm_beta.weight");
        _alpha = together ? null : weights.Matrix(prefix + "ssm_alpha.weight");
        _dtBias = weights.Vector(prefix + "ssm_dt.bias");
        _a = weights.Vector(prefix + "ssm_a");
        for (int h = 0; _recurrent.DecayAsLogarithm && h < Heads; h++)
        {
            _a[h] = -CanonicalMath.Exp(_a[h]);
        }

        _norm = weights.Vector(prefix + "ssm_norm.weight");
        _out = weights.Matrix(prefix + "ssm_out.weight");
    }

    private int Heads => _recurrent.Rank;

    private int KeySize => _recurrent.StateSize;

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix)
    {
        RecurrentSpec recurrent = spec.Recurrent!;
        int heads = recurrent.Rank;
        return
        [
            new(prefix + "attn_qkv.weight", unit, [recurrent.Channels, spec.EmbeddingSize]),
            new(prefix + "attn_gate.weight", unit, [recurrent.InnerSize, spec.EmbeddingSize]),
            .. ShortConvolution.Needs(recurrent, unit, prefix, biased: false),
            .. recurrent.OneGateMatrix
                ? new TensorNeed[] { new(prefix + "ssm_ba.weight", unit, [2 * heads, spec.EmbeddingSize]) }
                : [new(prefix + "ssm_beta.weight", unit, [heads, spec.EmbeddingSize]), new(prefix + "ssm_alpha.weight", unit, [heads, spec.EmbeddingSize])],
            new(prefix + "ssm_dt.bias", unit, [heads]),
            new(prefix + "ssm_a", unit, [heads]),
            new(prefix + "ssm_norm.weight", unit, [recurrent.InnerSize / heads]),
            new(prefix + "ssm_out.weight", unit, [spec.EmbeddingSize, recurrent.InnerSize]),
        ];
    }

    public override float* Forward(LayerStep step, int cacheLayer, float* x)
    {
        int inner = _recurrent.InnerSize;
        int channels = _recurrent.Channels;
        float* fused = step.Room(StepRoom.Fused, channels);
        float* mixed = step.Room(StepRoom.Queries, channels);
        float* z = step.Room(StepRoom.Gate, inner);
        float* gates = step.Room(StepRoom.Scores, 2 * Heads);
        step.Multiply(x, [new Product(_qkv, fused), new Product(_z, z)]);
        if (_both is not null)
        {
            step.Multiply(_both, x, gates);
        }
        else
        {
            step.Multiply(x, [new Product(_beta!, gates), new Product(_alpha!, gates + ((long)step.Tokens * Heads))]);
        }

        _convolution.Forward(step, cacheLayer, fused, mixed);
        float* read = step.Room(StepRoom.Attended, inner);
        for (long t = 0; t < step.Tokens; t++)
        {
            for (int g = 0; g < _recurrent.Groups; g++)
            {
                // Length 1, and a query's scores divided by the root of its size: rms and length differ by that root too.
                float* query = mixed + (t * channels) + (g * KeySize);
                Unit(step.Kernels, query, 1f / KeySize);
                Unit(step.Kernels, query + (_recurrent.Groups * KeySize), (float)(1 / Math.Sqrt(KeySize)));
            }
        }

        DeltaStep heads = new()
        {
            Spec = _recurrent,
            Epsilon = _spec.NormEpsilon,
            Tokens = step.Tokens,
            Mixed = mixed,
            Gates = gates,
            DtBias = _dtBias,
            A = _a,
            Norm = _norm,
            Z = z,
            Read = read,
        };
        StateJob.Run(step, step.DeltaJobs, cacheLayer, Heads, heads);
        float* output = step.Room(StepRoom.Projected, _spec.EmbeddingSize);
        step.Multiply(_out, read, output);
        return output;
    }

    // The family's definition adds its epsilon to the squared length; older readers of its GGUF files take it as the least length.
    private void Unit(KernelSet kernels, float* head, float factor)
    {
        kernels.RmsNorm(head, null, head, KeySize, _spec.NormEpsilon / KeySize);
        kernels.Scale(head, factor, head, KeySize);
    }
}
