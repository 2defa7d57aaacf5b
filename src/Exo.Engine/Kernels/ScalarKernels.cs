using System.Runtime.CompilerServices;

namespace Exo.Engine.Kernels;

/// <summary>The canon as plain loops.</summary>
internal unsafe class ScalarKernels : KernelSet
{
    public const float GeluLinear = 1.5957691216f; // 2 sqrt(2/π)
    public const float GeluCubic = 0.0713548162726f; // 2 sqrt(2/π) · 0.044715

    protected ScalarKernels()
    {
    }

    public static ScalarKernels Instance { get; } = new();

    /// <summary>32 partial sums: vectors of 8 added (0 + 1) + (2 + 3), then lanes (i, i + 4), (i, i + 2), (0, 1).</summary>
    public static float Tree32(float* s)
    {
        float* v = stackalloc float[8];
        for (int i = 0; i < 8; i++)
        {
            v[i] = (s[i] + s[i + 8]) + (s[i + 16] + s[i + 24]);
        }

        return Tree8(v);
    }

    public static float Tree8(float* v) => ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));

    public static float SiluOf(float x) => x / (1f + CanonicalMath.Exp(-x));

    /// <summary>max(x, 0) − |x|/2 · erfc(|x|/√2), erfc(z) = e^(−z²) · P(1 / (1 + z/2)) with a polynomial fitted for this file: 1e-6 relative on both sides of 0.</summary>
    public static float GeluOf(float x)
    {
        float a = MathF.Abs(x);
        float t = 1f / MathF.FusedMultiplyAdd(a, ErfcSeries.Half, 1f);
        float p = ErfcSeries.C10;
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C9);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C8);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C7);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C6);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C5);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C4);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C3);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C2);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C1);
        p = MathF.FusedMultiplyAdd(p, t, ErfcSeries.C0);
        float tail = p * CanonicalMath.Exp(a * -0.5f * a);
        return MathF.FusedMultiplyAdd(a * -0.5f, tail, x > 0 ? x : 0);
    }

    public static float GeluTanhOf(float x)
    {
        float z = x * MathF.FusedMultiplyAdd(x * x, GeluCubic, GeluLinear);
        return x / (1f + CanonicalMath.Exp(-z));
    }

    [SkipLocalsInit]
    public override void RmsNorm(float* x, float* weight, float* y, int n, float eps)
    {
        float* s = stackalloc float[32];
        new Span<float>(s, 32).Clear();
        for (int i = 0; i < n; i++)
        {
            s[i & 31] = MathF.FusedMultiplyAdd(x[i], x[i], s[i & 31]);
        }

        float scale = 1f / MathF.Sqrt((Tree32(s) / n) + eps);
        for (int i = 0; i < n; i++)
        {
            y[i] = weight == null ? x[i] * scale : x[i] * scale * weight[i];
        }
    }

    [SkipLocalsInit]
    public override void LayerNorm(float* x, float* weight, float* bias, float* y, int n, float eps)
    {
        float* s = stackalloc float[32];
        new Span<float>(s, 32).Clear();
        for (int i = 0; i < n; i++)
        {
            s[i & 31] += x[i];
        }

        float mean = Tree32(s) / n;
        new Span<float>(s, 32).Clear();
        for (int i = 0; i < n; i++)
        {
            float d = x[i] - mean;
            s[i & 31] = MathF.FusedMultiplyAdd(d, d, s[i & 31]);
        }

        float scale = 1f / MathF.Sqrt((Tree32(s) / n) + eps);
        for (int i = 0; i < n; i++)
        {
            float v = (x[i] - mean) * scale;
            v = weight == null ? v : v * weight[i];
            y[i] = bias == null ? v : v + bias[i];
        }
    }

    public override void Add(float* a, float* b, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = a[i] + b[i];
        }
    }

    public override void Scale(float* x, float factor, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = x[i] * factor;
        }
    }

    public override void AddScaled(float* x, float factor, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = MathF.FusedMultiplyAdd(x[i], factor, y[i]);
        }
    }

    public override void MultiplyAdd(float* a, float* b, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = MathF.FusedMultiplyAdd(a[i], b[i], y[i]);
        }
    }

    public override void SigmoidMul(float* gate, float* x, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = x[i] / (1f + CanonicalMath.Exp(-gate[i]));
        }
    }

    public override void ScanState(float* a, float* dt, float* x, float b, float c, float* state, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            state[i] = MathF.FusedMultiplyAdd(x[i], b, state[i] * CanonicalMath.Exp(dt[i] * a[i]));
            y[i] = MathF.FusedMultiplyAdd(state[i], c, y[i]);
        }
    }

    public override void Silu(float* x, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = SiluOf(x[i]);
        }
    }

    public override void SiluMul(float* gate, float* up, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = SiluOf(gate[i]) * up[i];
        }
    }

    public override void GeluTanh(float* x, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = GeluTanhOf(x[i]);
        }
    }

    public override void Gelu(float* x, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = GeluOf(x[i]);
        }
    }

    public override void GeluTanhMul(float* gate, float* up, float* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            y[i] = GeluTanhOf(gate[i]) * up[i];
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
                p[0] = MathF.FusedMultiplyAdd(-b, sin[i], a * cos[i]);
                p[distance] = MathF.FusedMultiplyAdd(a, sin[i], b * cos[i]);
            }
        }
    }

    internal override int Quantise32(float* x, sbyte* q, float* scale)
    {
        if (!Scales(x, 32, out *scale, out float inverse))
        {
            new Span<sbyte>(q, 32).Clear();
            return int.MinValue;
        }

        int sum = 0;
        for (int i = 0; i < 32; i++)
        {
            q[i] = (sbyte)MathF.Round(x[i] * inverse);
            sum += q[i];
        }

        return sum;
    }

    internal override bool Quantise256(float* x, sbyte* q, float* scale, short* sums16, short* sums32)
    {
        bool finite = Scales(x, 256, out *scale, out float inverse);
        new Span<short>(sums16, 16).Clear();
        for (int i = 0; i < 256; i++)
        {
            q[i] = finite ? (sbyte)MathF.Round(x[i] * inverse) : (sbyte)0;
            sums16[i / 16] += q[i];
        }

        for (int i = 0; i < 8; i++)
        {
            sums32[i] = (short)(sums16[2 * i] + sums16[(2 * i) + 1]);
        }

        return finite;
    }

    internal override void AttendBlock(in AttentionBlock block, float* output, float* room)
    {
        KvLayout layout = block.Shape.Layout;
        for (int c = 0; c < block.Columns; c++, output += layout.ValueStride)
        {
            ScalarAttention.Column(block, c, output, room);
        }
    }

    /// <summary>Largest magnitude by integer comparison of the bits, which finds NaN and infinities; below 2^-100 it counts as 0.</summary>
    private static bool Scales(float* x, int n, out float scale, out float inverse)
    {
        int largest = 0;
        for (int i = 0; i < n; i++)
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(x[i]) & 0x7fffffff);
        }

        (scale, inverse) = (0, 0);
        if (largest is >= (27 << 23) and < 0x7f800000)
        {
            float magnitude = BitConverter.Int32BitsToSingle(largest);
            (scale, inverse) = (magnitude / 127f, 127f / magnitude);
        }

        return largest < 0x7f800000;
    }
}
