using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>
/// Mamba's block (arXiv 2312.00752): a linear state space for each channel, whose step, input and output depend on the token:
/// S = exp(Δ A) S + Δ x B; y = S C + D x, gated by SiLU(z). A layer's state is [stateSize, innerSize], behind the convolution's.
/// </summary>
internal sealed unsafe class SelectiveState : Attention
{
    private readonly ModelSpec _spec;
    private readonly RecurrentSpec _recurrent;
    private readonly ShortConvolution _convolution;
    private readonly WeightMatrix _in;
    private readonly WeightMatrix _x;
    private readonly WeightMatrix _dt;
    private readonly float* _dtBias;
    private readonly float* _a; // [stateSize, innerSize]
    private readonly float* _d;
    private readonly WeightMatrix _out;

    public SelectiveState(ModelSpec spec, WeightLoader weights, string prefix)
    {
        _spec = spec;
        _recurrent = spec.Recurrent!;
        _convolution = new ShortConvolution(_recurrent, weights, prefix);
        _in = weights.Matrix(prefix + "ssm_in.weight");
        _x = weights.Matrix(prefix + "ssm_x.weight");
        _dt = weights.Matrix(prefix + "ssm_dt.weight");
        _dtBias = weights.Vector(prefix + "ssm_dt.bias");
        _a = weights.Columns(prefix + "ssm_a");
        for (int i = 0; _recurrent.DecayAsLogarithm && i < _recurrent.StateSize * _recurrent.InnerSize; i++)
        {
            _a[i] = -CanonicalMath.Exp(_a[i]);
        }

        _d = weights.Vector(prefix + "ssm_d");
        _out = weights.Matrix(prefix + "ssm_out.weight");
    }

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix)
    {
        RecurrentSpec recurrent = spec.Recurrent!;
        int inner = recurrent.InnerSize;
        return
        [
            new(prefix + "ssm_in.weight", unit, [2 * inner, spec.EmbeddingSize]),
            .. ShortConvolution.Needs(recurrent, unit, prefix, biased: true),
            new(prefix + "ssm_x.weight", unit, [recurrent.Rank + (2 * recurrent.StateSize), inner]),
            new(prefix + "ssm_dt.weight", unit, [inner, recurrent.Rank]),
            new(prefix + "ssm_dt.bias", unit, [inner]),
            new(prefix + "ssm_a", unit, [inner, recurrent.StateSize]) { IsVector = true },
            new(prefix + "ssm_d", unit, [inner]),
            new(prefix + "ssm_out.weight", unit, [spec.EmbeddingSize, inner]),
        ];
    }

    public override float* Forward(LayerStep step, int cacheLayer, float* x)
    {
        int inner = _recurrent.InnerSize;
        int size = _recurrent.StateSize;
        float* both = step.Room(StepRoom.Fused, 2 * inner);
        float* input = step.Room(StepRoom.Up, inner);
        float* gate = step.Room(StepRoom.Gate, inner);
        float* channels = step.Room(StepRoom.Values, inner);
        step.Multiply(_in, x, both);
        step.Split(both, [inner, inner, 0], input, gate, null);
        _convolution.Forward(step, cacheLayer, input, channels);

        float* chosen = step.Room(StepRoom.Scores, _recurrent.Rank + (2 * size));
        float* rank = step.Room(StepRoom.Latent, _recurrent.Rank);
        float* b = step.Room(StepRoom.HeadIn, size);
        float* c = step.Room(StepRoom.HeadOut, size);
        float* dt = step.Room(StepRoom.Keys, inner);
        step.Multiply(_x, channels, chosen);
        step.Split(chosen, [_recurrent.Rank, size, size], rank, b, c);
        step.Multiply(_dt, rank, dt);
        step.AddBias(dt, _dtBias, inner);
        float* read = step.Room(StepRoom.Attended, inner);
        ScanStep scan = new() { Spec = _recurrent, A = _a, D = _d, X = channels, Dt = dt, B = b, C = c, Gate = gate, Read = read };
        StateJob.Run(step, step.ScanJobs, cacheLayer, ScanJob.Parts(inner), scan);
        float* output = step.Room(StepRoom.Projected, _spec.EmbeddingSize);
        step.Multiply(_out, read, output);
        return output;
    }
}
