using System.Buffers;
using Exo.Engine.Decoding;

namespace Exo.Engine.Kernels;

/// <summary>
/// The arithmetic of ggml's processor backend on AVX2, as llama.cpp runs it for a prompt in one batch with an f32 cache and without flash
/// attention: the same rounding of activations and the same order of additions, as plain loops. Its logits tell a bug from a rounding:
/// weights in F16, BF16 and Q8_0 give llama.cpp's own bits. Slow; one token at a time and other formats are near, not equal.
/// </summary>
internal sealed unsafe class GgmlKernels : ScalarKernels
{
    private GgmlKernels()
    {
    }

    public static new GgmlKernels Instance { get; } = new();

    /// <summary>e^x by ggml's polynomial for vectors; results below 2^-126 count as 0.</summary>
    public static float Exp(float x)
    {
        const float Round = 12582912f; // 1.5 · 2^23: adding it leaves the integer in the low bits
        float z = MathF.FusedMultiplyAdd(x, 1.442695f, Round);
        float n = z - Round;
        float b = MathF.FusedMultiplyAdd(-n, 1.4286068e-06f, MathF.FusedMultiplyAdd(-n, 0.69314575f, x));
        float u = b * b;
        float high = MathF.FusedMultiplyAdd(0.00824739f, b, 0.041899767f);
        float low = MathF.FusedMultiplyAdd(0.16668396f, b, 0.49999127f);
        float j = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(high, u, low), u, 0.9999994f * b);
        float k = MathF.ScaleB(1f, (int)n);
        return n > 126 ? float.PositiveInfinity : n < -126 ? 0 : MathF.FusedMultiplyAdd(j, k, k);
    }

    /// <summary>Squares are rounded to f32 and added in double.</summary>
    public override void RmsNorm(float* x, float* weight, float* y, int n, float eps)
    {
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            sum += x[i] * x[i];
        }

        float scale = 1f / MathF.Sqrt((float)(sum / n) + eps);
        for (int i = 0; i < n; i++)
        {
            y[i] = weight == null ? x[i] * scale : x[i] * scale * weight[i];
        }
    }

    /// <summary>The polynomial for whole vectors of eight, the C library's exponential for the rest.</summary>
    public override void SiluMul(float* gate, float* up, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            float e = i < (n & ~7) ? Exp(-gate[i]) : (float)Math.Exp(-gate[i]);
            y[i] = gate[i] / (1f + e) * up[i];
        }
    }

    public override void Rope(float* x, float* cos, float* sin, int heads, int headSize, int rotated, bool adjacentPairs)
    {
        int pairs = rotated / 2;
        int step = adjacentPairs ? 2 : 1;
        int distance = adjacentPairs ? 1 : pairs;
        for (int h = 0; h < heads; h++, x += headSize)
        {
            for (int i = 0; i < pairs; i++)
            {
                float* p = x + (i * step);
                (float a, float b) = (p[0], p[distance]);
                p[0] = MathF.FusedMultiplyAdd(a, cos[i], -(b * sin[i]));
                p[distance] = MathF.FusedMultiplyAdd(a, sin[i], b * cos[i]);
            }
        }
    }

    /// <summary>Without scaling an angle is the one before it times the step between frequencies, in f32.</summary>
    public override void RopeTable(double* frequencies, int pairs, double position, double magnitude, float* cos, float* sin)
    {
        float step = pairs > 1 ? (float)(frequencies[1] / frequencies[0]) : 1;
        bool geometric = Math.Abs(frequencies[pairs - 1] - (frequencies[0] * Math.Pow(step, pairs - 1))) < 1e-5 * frequencies[pairs - 1];
        float angle = (float)(position * frequencies[0]);
        for (int i = 0; i < pairs; i++, angle *= step)
        {
            double theta = geometric ? angle : (float)(position * frequencies[i]);
            cos[i] = (float)Math.Cos(theta) * (float)magnitude;
            sin[i] = (float)Math.Sin(theta) * (float)magnitude;
        }
    }

    /// <summary>The scale of a block is kept as f16.</summary>
    internal override int Quantise32(float* x, sbyte* q, float* scale)
    {
        int sum = base.Quantise32(x, q, scale);
        *scale = HalfBits.ToSingle(HalfBits.FromSingle(*scale));
        return sum;
    }

    internal override void AttendBlock(in AttentionBlock block, float* output, float* room)
    {
        KvLayout layout = block.Shape.Layout;
        float[] weights = ArrayPool<float>.Shared.Rent(block.Last(block.Columns - 1) + 8);
        for (int c = 0; c < block.Columns; c++, output += layout.ValueStride)
        {
            Column(block, c, weights, output);
        }

        ArrayPool<float>.Shared.Return(weights);
    }

    /// <summary>Scores one after the other, a sum in double over vectors of eight, values in eight sums by position.</summary>
    private static void Column(in AttentionBlock block, int column, Span<float> weights, float* output)
    {
        KvLayout layout = block.Shape.Layout;
        int first = block.First(column);
        int last = block.Last(column);
        float top = block.HasSinks ? block.Sink(column) : float.NegativeInfinity;
        weights.Clear();
        for (int p = first; p <= last; p++)
        {
            float score = 0;
            for (int d = 0; d < layout.KeySize; d++)
            {
                score += KvStore.Key(layout, Page(block, p), block.KvHead, p % KvLayout.PagePositions, d) * block.Query(column)[d];
            }

            weights[p] = ScalarAttention.Cap(score * block.Shape.Scale, block.Shape.Softcap);
            top = MathF.Max(top, weights[p]);
        }

        float* lanes = stackalloc float[8];
        double total = block.HasSinks ? Exp(block.Sink(column) - top) : 0;
        for (int p = 0; p <= last; p += 8)
        {
            for (int i = 0; i < 8; i++)
            {
                weights[p + i] = p + i >= first && p + i <= last ? Exp(weights[p + i] - top) : 0;
                lanes[i] = weights[p + i];
            }

            total += Tree8(lanes);
        }

        float share = (float)(1 / total);
        for (int d = 0; d < layout.ValueSize; d++)
        {
            new Span<float>(lanes, 8).Clear();
            for (int p = first; p <= last; p++)
            {
                lanes[p & 7] = MathF.FusedMultiplyAdd(KvStore.Value(layout, Page(block, p), block.KvHead, p % KvLayout.PagePositions, d), weights[p] * share, lanes[p & 7]);
            }

            output[d] = Tree8(lanes);
        }
    }

    private static byte* Page(in AttentionBlock block, int position) => block.Pages[position / KvLayout.PagePositions];
}
