using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Some channels of a short convolution of one session, all of its tokens in order.</summary>
internal sealed unsafe class ConvolutionJob : StateJob, IPreparedBy<ConvolutionStep>
{
    private const int PartChannels = 512;

    private ConvolutionStep _step;

    public static int Parts(int channels) => (channels + PartChannels - 1) / PartChannels;

    public void Prepare(in ConvolutionStep parameters) => _step = parameters;

    /// <summary>One token of neighbouring channels.</summary>
    /// <param name="kernels">Who computes.</param>
    /// <param name="step">The step.</param>
    /// <param name="first">The first channel.</param>
    /// <param name="width">Channels.</param>
    /// <param name="earlier">Inputs before this one, oldest first; this one takes the place of the last. [kernel − 1, width]</param>
    /// <param name="token">Index in the step.</param>
    /// <param name="y">[width]</param>
    public static void Token(KernelSet kernels, in ConvolutionStep step, int first, int width, float* earlier, long token, float* y)
    {
        float* x = step.X + (token * step.Channels) + first;
        float* weights = step.Weights + first;
        new Span<float>(y, width).Clear();
        for (int k = 0; k < step.Kernel - 1; k++, weights += step.Channels)
        {
            kernels.MultiplyAdd(weights, earlier + ((long)k * width), y, width);
        }

        kernels.MultiplyAdd(weights, x, y, width);
        if (step.Bias != null)
        {
            kernels.Add(y, step.Bias + first, y, width);
        }

        kernels.Silu(y, y, width);
        int kept = (step.Kernel - 1) * width;
        if (kept > 0)
        {
            new Span<float>(earlier + width, kept - width).CopyTo(new Span<float>(earlier, kept - width));
            new Span<float>(x, width).CopyTo(new Span<float>(earlier + kept - width, width));
        }
    }

    // Room: the earlier inputs, the outputs of all tokens.
    protected override long RoomFloats(int tokens) => (long)(_step.Kernel - 1 + tokens) * PartChannels;

    protected override void Compute(in Row row, int part, float* room)
    {
        (int first, int width) = Channels(part);
        Copy(row.State + first, _step.Channels, room, width, _step.Kernel - 1, width);
        float* y = room + ((_step.Kernel - 1) * width);
        for (int t = 0; t < row.Count; t++, y += width)
        {
            Token(Kernels, _step, first, width, room, row.FirstToken + t, y);
        }
    }

    protected override void Commit(in Row row, int part, float* room)
    {
        (int first, int width) = Channels(part);
        Copy(room, width, row.State + first, _step.Channels, _step.Kernel - 1, width);
        Copy(room + ((_step.Kernel - 1) * width), width, _step.Y + ((long)row.FirstToken * _step.Channels) + first, _step.Channels, row.Count, width);
    }

    private (int First, int Width) Channels(int part) => (part * PartChannels, Math.Min(PartChannels, _step.Channels - (part * PartChannels)));
}
