using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>The gated delta rule of one head of one session: its state goes through all tokens, keys ascending in every sum.</summary>
internal sealed unsafe class DeltaJob : StateJob, IPreparedBy<DeltaStep>
{
    private DeltaStep _step;

    private int Heads => _step.Spec.Rank;

    private int KeySize => _step.Spec.StateSize;

    private int ValueSize => _step.Spec.InnerSize / Heads;

    private long StateFloats => (long)KeySize * ValueSize;

    public void Prepare(in DeltaStep parameters) => _step = parameters;

    // Room: the state, a correction, the outputs of all tokens.
    protected override long RoomFloats(int tokens) => StateFloats + ((tokens + 1L) * ValueSize);

    protected override void Compute(in Row row, int part, float* room)
    {
        int heads = Heads;
        int shared = heads / _step.Spec.Groups;
        int group = _step.Spec.NeighboursShare ? part / shared : part % _step.Spec.Groups;
        float* state = Kept(row, part);
        float* y = room + StateFloats + ValueSize;
        for (long t = row.FirstToken; t < row.FirstToken + row.Count; t++, y += ValueSize, state = room)
        {
            long beta = _step.Spec.OneGateMatrix ? (t * 2 * heads) + (part / shared * 2 * shared) + (part % shared) : (t * heads) + part;
            long alpha = beta + (_step.Spec.OneGateMatrix ? shared : (long)_step.Tokens * heads);
            float fade = CanonicalMath.Exp(CanonicalMath.Softplus(_step.Gates[alpha] + _step.DtBias[part]) * _step.A[part]);
            float rate = 1 / (1 + CanonicalMath.Exp(-_step.Gates[beta]));
            float* q = _step.Mixed + (t * _step.Spec.Channels);
            float* k = q + (_step.Spec.Groups * KeySize);
            float* v = k + (_step.Spec.Groups * KeySize) + (part * ValueSize);
            Kernels.Scale(state, fade, room, (int)StateFloats);
            Token(room, q + (group * KeySize), k + (group * KeySize), v, rate, room + StateFloats, y);
            Kernels.RmsNorm(y, _step.Norm, y, ValueSize, _step.Epsilon);
            Kernels.SiluMul(_step.Z + (t * _step.Spec.InnerSize) + (part * ValueSize), y, y, ValueSize);
        }
    }

    protected override void Commit(in Row row, int part, float* room)
    {
        Buffer.MemoryCopy(room, Kept(row, part), StateFloats * sizeof(float), StateFloats * sizeof(float));
        float* from = room + StateFloats + ValueSize;
        float* to = _step.Read + ((long)row.FirstToken * _step.Spec.InnerSize) + (part * ValueSize);
        for (int t = 0; t < row.Count; t++, from += ValueSize, to += _step.Spec.InnerSize)
        {
            new Span<float>(from, ValueSize).CopyTo(new Span<float>(to, ValueSize));
        }
    }

    private float* Kept(in Row row, int head) => row.State + _step.Spec.ConvolutionFloats + (head * StateFloats);

    /// <summary>One token, the state already faded.</summary>
    private void Token(float* state, float* q, float* k, float* v, float rate, float* correction, float* y)
    {
        int size = ValueSize;
        new Span<float>(y, size).Clear();
        for (int i = 0; i < KeySize; i++)
        {
            Kernels.AddScaled(state + ((long)i * size), k[i], y, size);
        }

        new Span<float>(v, size).CopyTo(new Span<float>(correction, size));
        Kernels.AddScaled(y, -1, correction, size);
        Kernels.Scale(correction, rate, correction, size);
        new Span<float>(y, size).Clear();
        for (int i = 0; i < KeySize; i++)
        {
            Kernels.AddScaled(correction, k[i], state + ((long)i * size), size);
            Kernels.AddScaled(state + ((long)i * size), q[i], y, size);
        }
    }
}
