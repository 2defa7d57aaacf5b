using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels;

/// <summary>The canon eight lanes at a time; what is left of a row is done by the scalar form, which has the same bits.</summary>
internal sealed unsafe class Avx2Kernels : KernelSet
{
    public static Avx2Kernels Instance { get; } = new();

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RmsNorm(float* x, float* weight, float* y, int n, float eps)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        float* tail = stackalloc float[32];
        for (int i = 0; i < n; i += 32)
        {
            float* p = Padded(x + i, n - i, tail, 0);
            Vector256<float> v = Avx.LoadVector256(p);
            a = Fma.MultiplyAdd(v, v, a);
            v = Avx.LoadVector256(p + 8);
            b = Fma.MultiplyAdd(v, v, b);
            v = Avx.LoadVector256(p + 16);
            c = Fma.MultiplyAdd(v, v, c);
            v = Avx.LoadVector256(p + 24);
            d = Fma.MultiplyAdd(v, v, d);
        }

        float scale = 1f / MathF.Sqrt((Avx2Math.Tree(Avx.Add(Avx.Add(a, b), Avx.Add(c, d))) / n) + eps);
        Vector256<float> s = Vector256.Create(scale);
        int k = 0;
        for (; k <= n - 8; k += 8)
        {
            Vector256<float> v = Avx.Multiply(Avx.LoadVector256(x + k), s);
            (weight == null ? v : Avx.Multiply(v, Avx.LoadVector256(weight + k))).Store(y + k);
        }

        for (; k < n; k++)
        {
            y[k] = weight == null ? x[k] * scale : x[k] * scale * weight[k];
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LayerNorm(float* x, float* weight, float* bias, float* y, int n, float eps)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        float* tail = stackalloc float[32];
        for (int i = 0; i < n; i += 32)
        {
            float* p = Padded(x + i, n - i, tail, 0);
            a = Avx.Add(a, Avx.LoadVector256(p));
            b = Avx.Add(b, Avx.LoadVector256(p + 8));
            c = Avx.Add(c, Avx.LoadVector256(p + 16));
            d = Avx.Add(d, Avx.LoadVector256(p + 24));
        }

        float mean = Avx2Math.Tree(Avx.Add(Avx.Add(a, b), Avx.Add(c, d))) / n;
        Vector256<float> m = Vector256.Create(mean);
        a = b = c = d = default;
        for (int i = 0; i < n; i += 32)
        {
            float* p = Padded(x + i, n - i, tail, mean); // a missing element's deviation is +0
            Vector256<float> v = Avx.Subtract(Avx.LoadVector256(p), m);
            a = Fma.MultiplyAdd(v, v, a);
            v = Avx.Subtract(Avx.LoadVector256(p + 8), m);
            b = Fma.MultiplyAdd(v, v, b);
            v = Avx.Subtract(Avx.LoadVector256(p + 16), m);
            c = Fma.MultiplyAdd(v, v, c);
            v = Avx.Subtract(Avx.LoadVector256(p + 24), m);
            d = Fma.MultiplyAdd(v, v, d);
        }

        float scale = 1f / MathF.Sqrt((Avx2Math.Tree(Avx.Add(Avx.Add(a, b), Avx.Add(c, d))) / n) + eps);
        Vector256<float> s = Vector256.Create(scale);
        int k = 0;
        for (; k <= n - 8; k += 8)
        {
            Vector256<float> v = Avx.Multiply(Avx.Subtract(Avx.LoadVector256(x + k), m), s);
            v = weight == null ? v : Avx.Multiply(v, Avx.LoadVector256(weight + k));
            (bias == null ? v : Avx.Add(v, Avx.LoadVector256(bias + k))).Store(y + k);
        }

        for (; k < n; k++)
        {
            float v = (x[k] - mean) * scale;
            v = weight == null ? v : v * weight[k];
            y[k] = bias == null ? v : v + bias[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* a, float* b, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Avx.Add(Avx.LoadVector256(a + i), Avx.LoadVector256(b + i)).Store(y + i);
        }

        ScalarKernels.Instance.Add(a + i, b + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(float* x, float factor, float* y, int n)
    {
        Vector256<float> f = Vector256.Create(factor);
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Avx.Multiply(Avx.LoadVector256(x + i), f).Store(y + i);
        }

        ScalarKernels.Instance.Scale(x + i, factor, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaled(float* x, float factor, float* y, int n)
    {
        Vector256<float> f = Vector256.Create(factor);
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Fma.MultiplyAdd(Avx.LoadVector256(x + i), f, Avx.LoadVector256(y + i)).Store(y + i);
        }

        ScalarKernels.Instance.AddScaled(x + i, factor, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyAdd(float* a, float* b, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Fma.MultiplyAdd(Avx.LoadVector256(a + i), Avx.LoadVector256(b + i), Avx.LoadVector256(y + i)).Store(y + i);
        }

        ScalarKernels.Instance.MultiplyAdd(a + i, b + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SigmoidMul(float* gate, float* x, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Avx2Math.Sigmoid(Avx.LoadVector256(x + i), Avx.LoadVector256(gate + i)).Store(y + i);
        }

        ScalarKernels.Instance.SigmoidMul(gate + i, x + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ScanState(float* a, float* dt, float* x, float b, float c, float* state, float* y, int n)
    {
        Vector256<float> into = Vector256.Create(b);
        Vector256<float> outOf = Vector256.Create(c);
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Vector256<float> fade = Avx2Math.Exp(Avx.Multiply(Avx.LoadVector256(dt + i), Avx.LoadVector256(a + i)));
            Vector256<float> s = Fma.MultiplyAdd(Avx.LoadVector256(x + i), into, Avx.Multiply(Avx.LoadVector256(state + i), fade));
            s.Store(state + i);
            Fma.MultiplyAdd(s, outOf, Avx.LoadVector256(y + i)).Store(y + i);
        }

        ScalarKernels.Instance.ScanState(a + i, dt + i, x + i, b, c, state + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Silu(float* x, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Vector256<float> v = Avx.LoadVector256(x + i);
            Avx2Math.Sigmoid(v, v).Store(y + i);
        }

        ScalarKernels.Instance.Silu(x + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SiluMul(float* gate, float* up, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Vector256<float> v = Avx.LoadVector256(gate + i);
            Avx.Multiply(Avx2Math.Sigmoid(v, v), Avx.LoadVector256(up + i)).Store(y + i);
        }

        ScalarKernels.Instance.SiluMul(gate + i, up + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GeluTanh(float* x, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Avx2Math.GeluTanh(Avx.LoadVector256(x + i)).Store(y + i);
        }

        ScalarKernels.Instance.GeluTanh(x + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gelu(float* x, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Avx2Math.Gelu(Avx.LoadVector256(x + i)).Store(y + i);
        }

        ScalarKernels.Instance.Gelu(x + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GeluTanhMul(float* gate, float* up, float* y, int n)
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            Avx.Multiply(Avx2Math.GeluTanh(Avx.LoadVector256(gate + i)), Avx.LoadVector256(up + i)).Store(y + i);
        }

        ScalarKernels.Instance.GeluTanhMul(gate + i, up + i, y + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rope(float* x, float* cos, float* sin, int heads, int headSize, int rotated, bool adjacentPairs)
    {
        int pairs = rotated / 2;
        if (adjacentPairs || pairs % 8 != 0)
        {
            ScalarKernels.Instance.Rope(x, cos, sin, heads, headSize, rotated, adjacentPairs);
            return;
        }

        for (int h = 0; h < heads; h++, x += headSize)
        {
            for (int i = 0; i < pairs; i += 8)
            {
                Vector256<float> a = Avx.LoadVector256(x + i);
                Vector256<float> b = Avx.LoadVector256(x + pairs + i);
                Vector256<float> c = Avx.LoadVector256(cos + i);
                Vector256<float> s = Avx.LoadVector256(sin + i);
                Fma.MultiplyAddNegated(b, s, Avx.Multiply(a, c)).Store(x + i);
                Fma.MultiplyAdd(a, s, Avx.Multiply(b, c)).Store(x + pairs + i);
            }
        }
    }

    internal override int Quantise32(float* x, sbyte* q, float* scale) => Avx2Quantiser.Block32(x, q, scale);

    internal override bool Quantise256(float* x, sbyte* q, float* scale, short* sums16, short* sums32) => Avx2Quantiser.Block256(x, q, scale, sums16, sums32);

    internal override void AttendBlock(in AttentionBlock block, float* output, float* room) => Avx2Attention.Block(block, output, room);

    /// <summary>32 elements from p on; where fewer are left, a copy filled up with <paramref name="missing"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Padded(float* p, int left, float* room, float missing)
    {
        if (left >= 32)
        {
            return p;
        }

        for (int i = 0; i < 32; i++)
        {
            room[i] = i < left ? p[i] : missing;
        }

        return room;
    }
}
