using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>down(activation(gate(x)) · up(x)) (GLU variants, arXiv 2002.05202), each matrix with a bias where the model has one.</summary>
internal sealed unsafe class GatedFeedForward : FeedForward
{
    private readonly ModelSpec _spec;
    private readonly bool _gelu;
    private readonly WeightMatrix? _gate;
    private readonly WeightMatrix _up;
    private readonly WeightMatrix _down;
    private readonly float* _gateBias;
    private readonly float* _upBias;
    private readonly float* _downBias;

    /// <param name="spec">Shapes.</param>
    /// <param name="weights">Where the tensors come from.</param>
    /// <param name="prefix">"blk.0."</param>
    /// <param name="gelu">GELU in its tanh form; otherwise SiLU.</param>
    /// <param name="fused">Whether gate and up are one matrix, the gate's rows first.</param>
    /// <param name="suffix">What the names of the tensors end with before the dot, as "_shexp" of a shared expert.</param>
    public GatedFeedForward(ModelSpec spec, WeightLoader weights, string prefix, bool gelu = false, bool fused = false, string suffix = "")
    {
        _spec = spec;
        _gelu = gelu;
        _gate = fused ? null : weights.Matrix($"{prefix}ffn_gate{suffix}.weight");
        _up = weights.Matrix($"{prefix}ffn_up{suffix}.weight");
        _down = weights.Matrix($"{prefix}ffn_down{suffix}.weight");
        _gateBias = weights.OptionalVector($"{prefix}ffn_gate{suffix}.bias");
        _upBias = weights.OptionalVector($"{prefix}ffn_up{suffix}.bias");
        _downBias = weights.OptionalVector($"{prefix}ffn_down{suffix}.bias");
    }

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix, bool fused = false, string suffix = "") => fused
    ?
    [
        new($"{prefix}ffn_up{suffix}.weight", unit, [2 * spec.FeedForwardSize, spec.EmbeddingSize]),
        new($"{prefix}ffn_down{suffix}.weight", unit, [spec.EmbeddingSize, spec.FeedForwardSize]),
        new($"{prefix}ffn_up{suffix}.bias", unit, [2 * spec.FeedForwardSize], Optional: true),
        new($"{prefix}ffn_down{suffix}.bias", unit, [spec.EmbeddingSize], Optional: true),
    ]
    :
    [
        new($"{prefix}ffn_gate{suffix}.weight", unit, [spec.FeedForwardSize, spec.EmbeddingSize]),
        new($"{prefix}ffn_up{suffix}.weight", unit, [spec.FeedForwardSize, spec.EmbeddingSize]),
        new($"{prefix}ffn_down{suffix}.weight", unit, [spec.EmbeddingSize, spec.FeedForwardSize]),
        new($"{prefix}ffn_gate{suffix}.bias", unit, [spec.FeedForwardSize], Optional: true),
        new($"{prefix}ffn_up{suffix}.bias", unit, [spec.FeedForwardSize], Optional: true),
        new($"{prefix}ffn_down{suffix}.bias", unit, [spec.EmbeddingSize], Optional: true),
    ];

    public override float* Forward(LayerStep step, float* x)
    {
        int size = _spec.FeedForwardSize;
        float* gate = step.Room(StepRoom.Gate, size);
        float* up = step.Room(StepRoom.Up, size);
        if (_gate is null)
        {
            float* both = step.Room(StepRoom.Fused, 2 * size);
            step.Multiply(_up, x, both);
            step.AddBias(both, _upBias, 2 * size);
            step.Split(both, [size, size, 0], gate, up, null);
        }
        else
        {
            step.Multiply(x, [new Product(_gate, gate), new Product(_up, up)]);
            step.AddBias(gate, _gateBias, size);
            step.AddBias(up, _upBias, size);
        }

        for (int t = 0; t < step.Tokens; t++)
        {
            long at = (long)t * size;
            if (_gelu)
            {
                step.Kernels.GeluTanhMul(gate + at, up + at, gate + at, size);
            }
            else
            {
                step.Kernels.SiluMul(gate + at, up + at, gate + at, size);
            }
        }

        float* output = step.Room(StepRoom.Projected, _spec.EmbeddingSize);
        step.Multiply(_down, gate, output);
        step.AddBias(output, _downBias, _spec.EmbeddingSize);
        return output;
    }
}
