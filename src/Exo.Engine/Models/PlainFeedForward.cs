using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>down(GELU(up(x))), GELU in its tanh form or by its definition (arXiv 1706.03762, 1606.08415), each matrix with a bias where the model has one.</summary>
internal sealed unsafe class PlainFeedForward(ModelSpec spec, WeightLoader weights, string prefix) : FeedForward
{
    private readonly WeightMatrix _up = weights.Matrix(prefix + "ffn_up.weight");
    private readonly WeightMatrix _down = weights.Matrix(prefix + "ffn_down.weight");
    private readonly float* _upBias = weights.OptionalVector(prefix + "ffn_up.bias");
    private readonly float* _downBias = weights.OptionalVector(prefix + "ffn_down.bias");

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix) =>
    [
        new(prefix + "ffn_up.weight", unit, [spec.FeedForwardSize, spec.EmbeddingSize]),
        new(prefix + "ffn_down.weight", unit, [spec.EmbeddingSize, spec.FeedForwardSize]),
        new(prefix + "ffn_up.bias", unit, [spec.FeedForwardSize], Optional: true),
        new(prefix + "ffn_down.bias", unit, [spec.EmbeddingSize], Optional: true),
    ];

    public override float* Forward(LayerStep step, float* x)
    {
        float* up = step.Room(StepRoom.Up, spec.FeedForwardSize);
        step.Multiply(_up, x, up);
        step.AddBias(up, _upBias, spec.FeedForwardSize);
        for (int t = 0; t < step.Tokens; t++)
        {
            float* token = up + ((long)t * spec.FeedForwardSize);
            if (spec.ExactGelu)
            {
                step.Kernels.Gelu(token, token, spec.FeedForwardSize);
            }
            else
            {
                step.Kernels.GeluTanh(token, token, spec.FeedForwardSize);
            }
        }

        float* output = step.Room(StepRoom.Projected, spec.EmbeddingSize);
        step.Multiply(_down, up, output);
        step.AddBias(output, _downBias, spec.EmbeddingSize);
        return output;
    }
}
