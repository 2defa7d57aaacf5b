using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Some channels of a selective state space of one session, all of its tokens in order.</summary>
internal sealed unsafe class ScanJob : StateJob, IPreparedBy<ScanStep>
{
    private const int PartChannels = 128;

    private ScanStep _step;

    public static int Parts(int channels) => (channels + PartChannels - 1) / PartChannels;

    public void Prepare(in ScanStep parameters) => _step = parameters;

    // Room: the state, the step and the scaled input of a token, the outputs of all tokens.
    protected override long RoomFloats(int tokens) => (_step.Spec.StateSize + 2L + tokens) * PartChannels;

    protected override void Compute(in Row row, int part, float* room)
    {
        (int first, int width) = Channels(part);
        int inner = _step.Spec.InnerSize;
        int size = _step.Spec.StateSize;
        Copy(row.State + _step.Spec.ConvolutionFloats + first, inner, room, width, size, width);
        float* dt = room + (size * width);
        float* scaled = dt + width;
        float* y = scaled + width;
        for (long t = row.FirstToken; t < row.FirstToken + row.Count; t++, y += width)
        {
            float* x = _step.X + (t * inner) + first;
            for (int i = 0; i < width; i++)
            {
                dt[i] = CanonicalMath.Softplus(_step.Dt[(t * inner) + first + i]);
            }

            new Span<float>(scaled, width).Clear();
            new Span<float>(y, width).Clear();
            Kernels.MultiplyAdd(dt, x, scaled, width);
            for (int i = 0; i < size; i++)
            {
                Kernels.ScanState(_step.A + ((long)i * inner) + first, dt, scaled, _step.B[(t * size) + i], _step.C[(t * size) + i], room + (i * width), y, width);
            }

            Kernels.MultiplyAdd(_step.D + first, x, y, width);
            Kernels.SiluMul(_step.Gate + (t * inner) + first, y, y, width);
        }
    }

    protected override void Commit(in Row row, int part, float* room)
    {
        (int first, int width) = Channels(part);
        int inner = _step.Spec.InnerSize;
        int size = _step.Spec.StateSize;
        Copy(room, width, row.State + _step.Spec.ConvolutionFloats + first, inner, size, width);
        Copy(room + ((size + 2) * width), width, _step.Read + ((long)row.FirstToken * inner) + first, inner, row.Count, width);
    }

    private (int First, int Width) Channels(int part) => (part * PartChannels, Math.Min(PartChannels, _step.Spec.InnerSize - (part * PartChannels)));
}
