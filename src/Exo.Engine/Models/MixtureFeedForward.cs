using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>
/// A mixture of experts (arXiv 1701.06538, 2101.03961): a router chooses some gated feed-forward blocks for each token; a shared one may
/// serve every token. Experts are visited in ascending order, each with the tokens that chose it, and a token's outputs are added in that
/// order, so that its bits do not depend on the others of the step.
/// </summary>
internal sealed unsafe class MixtureFeedForward : FeedForward
{
    private readonly ModelSpec _spec;
    private readonly ExpertSpec _experts;
    private readonly WeightMatrix _router;
    private readonly float* _routerBias;
    private readonly float* _choiceBias;
    private readonly WeightMatrix[] _gate;
    private readonly WeightMatrix[] _up;
    private readonly WeightMatrix[] _down;
    private readonly float* _gateBias;
    private readonly float* _upBias;
    private readonly float* _downBias;
    private readonly GatedFeedForward? _shared;
    private readonly WeightMatrix? _sharedGate;
    private readonly float[] _scores;
    private readonly float[] _scratch;
    private int[] _chosen = [];
    private float[] _weights = [];
    private int[] _tokens = [];
    private float[] _factors = [];

    public MixtureFeedForward(ModelSpec spec, WeightLoader weights, string prefix)
    {
        _spec = spec;
        _experts = spec.Experts!;
        _router = weights.Matrix(prefix + "ffn_gate_inp.weight");
        _routerBias = weights.OptionalVector(prefix + "ffn_gate_inp.bias");
        _choiceBias = weights.OptionalVector(prefix + "exp_probs_b.bias");
        string up = prefix + (_experts.Alternating ? "ffn_gate_up_exps" : "ffn_up_exps");
        _gate = _experts.Alternating ? [] : weights.Experts(prefix + "ffn_gate_exps", _experts);
        _up = weights.Experts(up, _experts);
        _down = weights.Experts(prefix + "ffn_down_exps", _experts);
        _gateBias = _experts.Alternating ? null : weights.OptionalVector(prefix + "ffn_gate_exps.bias");
        _upBias = weights.OptionalVector(up + ".bias");
        _downBias = weights.OptionalVector(prefix + "ffn_down_exps.bias");
        _shared = _experts.SharedSize > 0 ? new GatedFeedForward(spec with { FeedForwardSize = _experts.SharedSize }, weights, prefix, suffix: "_shexp") : null;
        _sharedGate = _experts.SharedGate ? weights.Row(prefix + "ffn_gate_inp_shexp.weight") : null;
        _scores = new float[_experts.Count];
        _scratch = new float[_experts.Count];
    }

    public static IEnumerable<TensorNeed> Needs(ModelSpec spec, int unit, string prefix)
    {
        ExpertSpec experts = spec.Experts!;
        double share = (double)experts.Used / experts.Count;
        yield return new(prefix + "ffn_gate_inp.weight", unit, [experts.Count, spec.EmbeddingSize]);
        yield return new(prefix + "ffn_gate_inp.bias", unit, [experts.Count], Optional: true);
        yield return new(prefix + "exp_probs_b.bias", unit, [experts.Count], Optional: true);
        (string Name, long Rows, long Columns)[] matrices = experts.Alternating
            ? [("ffn_gate_up_exps", 2L * experts.Size, spec.EmbeddingSize), ("ffn_down_exps", spec.EmbeddingSize, experts.Size)]
            : [("ffn_gate_exps", experts.Size, spec.EmbeddingSize), ("ffn_up_exps", experts.Size, spec.EmbeddingSize), ("ffn_down_exps", spec.EmbeddingSize, experts.Size)];
        foreach ((string name, long rows, long columns) in matrices)
        {
            if (experts.Stacked)
            {
                yield return new(prefix + name + ".weight", unit, [experts.Count, rows, columns]) { Share = share };
            }

            for (int e = 0; !experts.Stacked && e < experts.Count; e++)
            {
                yield return new($"{prefix}{name}.{e}.weight", unit, [rows, columns]) { Share = share };
            }

            yield return new(prefix + name + ".bias", unit, [experts.Count, rows], Optional: true) { IsVector = true };
        }

        foreach (TensorNeed need in experts.SharedSize > 0 ? GatedFeedForward.Needs(spec with { FeedForwardSize = experts.SharedSize }, unit, prefix, suffix: "_shexp") : [])
        {
            yield return need;
        }

        if (experts.SharedGate)
        {
            yield return new(prefix + "ffn_gate_inp_shexp.weight", unit, [spec.EmbeddingSize]) { IsRow = true };
        }
    }

    public override float* Forward(LayerStep step, float* x)
    {
        Route(step, x);
        float* mixed = step.Room(StepRoom.Mixed, _spec.EmbeddingSize);
        new Span<float>(mixed, step.Tokens * _spec.EmbeddingSize).Clear();
        for (int e = 0; e < _experts.Count; e++)
        {
            int count = Visitors(step.Tokens, e);
            if (count > 0)
            {
                Visit(step, e, count, x, mixed);
            }
        }

        if (_shared is not null)
        {
            AddShared(step, x, mixed);
        }

        return mixed;
    }

    /// <summary>Fills the choices of every token. [tokens, used]</summary>
    private void Route(LayerStep step, float* x)
    {
        int used = _experts.Used;
        if (_chosen.Length < step.Tokens * used)
        {
            _chosen = new int[step.Tokens * used];
            _weights = new float[step.Tokens * used];
            _tokens = new int[step.Tokens];
            _factors = new float[step.Tokens];
        }

        float* scores = step.Room(StepRoom.Scores, _experts.Count);
        step.Multiply(_router, x, scores);
        step.AddBias(scores, _routerBias, _experts.Count);
        ReadOnlySpan<float> bias = _choiceBias == null ? [] : new(_choiceBias, _experts.Count);
        for (int t = 0; t < step.Tokens; t++)
        {
            new Span<float>(scores + ((long)t * _experts.Count), _experts.Count).CopyTo(_scores);
            ExpertRouting.Choose(_experts, _scores, bias, _scratch, _chosen.AsSpan(t * used, used), _weights.AsSpan(t * used, used));
        }

        step.Trace?.Layers.Add((new ReadOnlySpan<float>(scores, step.Tokens * _experts.Count).ToArray(), _chosen.AsSpan(0, step.Tokens * used).ToArray()));
    }

    /// <summary>The tokens that chose an expert, ascending, with its weights.</summary>
    private int Visitors(int tokens, int expert)
    {
        int count = 0;
        for (int i = 0; i < tokens * _experts.Used; i++)
        {
            if (_chosen[i] == expert)
            {
                _tokens[count] = i / _experts.Used;
                _factors[count++] = _weights[i];
            }
        }

        return count;
    }

    private void Visit(LayerStep step, int expert, int count, float* x, float* mixed)
    {
        int width = _spec.EmbeddingSize;
        int size = _experts.Size;
        float* input = step.Room(StepRoom.Gathered, width);
        float* gate = step.Room(StepRoom.Gate, size);
        float* up = step.Room(StepRoom.Up, size);
        float* output = step.Room(StepRoom.Projected, width);
        for (int i = 0; i < count; i++)
        {
            float* token = x + ((long)_tokens[i] * width);
            step.Kernels.Scale(token, _experts.WeightsInput ? _factors[i] : 1, input + ((long)i * width), width);
        }

        if (_experts.Alternating)
        {
            float* both = step.Room(StepRoom.Fused, 2 * size);
            step.MultiplyGathered(_tokens.AsSpan(0, count), input, [new Product(_up[expert], both)]);
            TakeApart(step.Kernels, both, count, expert, gate, up);
        }
        else
        {
            step.MultiplyGathered(_tokens.AsSpan(0, count), input, [new Product(_gate[expert], gate), new Product(_up[expert], up)]);
        }

        for (int i = 0; i < count; i++)
        {
            Activate(step.Kernels, gate + ((long)i * size), up + ((long)i * size), expert);
        }

        step.MultiplyGathered(_tokens.AsSpan(0, count), gate, [new Product(_down[expert], output)]);
        for (int i = 0; i < count; i++)
        {
            float* one = output + ((long)i * width);
            if (_downBias != null)
            {
                step.Kernels.Add(one, _downBias + ((long)expert * width), one, width);
            }

            step.Kernels.AddScaled(one, _experts.WeightsInput ? 1 : _factors[i], mixed + ((long)_tokens[i] * width), width);
        }
    }

    /// <summary>both is [count, size, 2], gate and up are [count, size].</summary>
    private void TakeApart(KernelSet kernels, float* both, int count, int expert, float* gate, float* up)
    {
        int size = _experts.Size;
        for (int i = 0; i < count; i++, both += 2 * size, gate += size, up += size)
        {
            if (_upBias != null)
            {
                kernels.Add(both, _upBias + ((long)expert * 2 * size), both, 2 * size);
            }

            for (int j = 0; j < size; j++)
            {
                (gate[j], up[j]) = (both[2 * j], both[(2 * j) + 1]);
            }
        }
    }

    private void Activate(KernelSet kernels, float* gate, float* up, int expert)
    {
        int size = _experts.Size;
        if (_gateBias != null)
        {
            kernels.Add(gate, _gateBias + ((long)expert * size), gate, size);
            kernels.Add(up, _upBias + ((long)expert * size), up, size);
        }

        if (_experts.Activation == ExpertActivation.ClampedSwiGlu)
        {
            kernels.ClampedSwiGlu(gate, up, gate, size);
        }
        else
        {
            kernels.SiluMul(gate, up, gate, size);
        }
    }

    private void AddShared(LayerStep step, float* x, float* mixed)
    {
        float* shared = _shared!.Forward(step, x);
        float* gates = null;
        if (_sharedGate is not null)
        {
            gates = step.Room(StepRoom.Scores, 1);
            step.Multiply(_sharedGate, x, gates);
        }

        for (int t = 0; t < step.Tokens; t++)
        {
            long at = (long)t * _spec.EmbeddingSize;
            step.Kernels.AddScaled(shared + at, gates == null ? 1 : 1 / (1 + CanonicalMath.Exp(-gates[t])), mixed + at, _spec.EmbeddingSize);
        }
    }
}
