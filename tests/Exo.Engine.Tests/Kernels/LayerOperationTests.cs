using Exo.Engine.Kernels;
using Exo.Engine.Memory;
using Exo.Engine.Tests.Models;

namespace Exo.Engine.Tests.Kernels;

public sealed unsafe class LayerOperationTests
{
    public static TheoryData<KernelTier, int> TiersAndLengths()
    {
        TheoryData<KernelTier, int> data = [];
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            foreach (int n in new[] { 1, 2, 7, 8, 9, 31, 32, 33, 64, 172, 2048, 2051 })
            {
                data.Add(tier, n);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TiersAndLengths))]
    public void Every_operation_has_the_bits_of_the_plain_loops(KernelTier tier, int n)
    {
        KernelSet fast = KernelSet.For(tier);
        KernelSet plain = KernelSet.For(KernelTier.Scalar);
        using NativeBuffer x = KernelCase.Gaussian(1, n, 3);
        using NativeBuffer w = KernelCase.Gaussian(2, n);
        using NativeBuffer b = KernelCase.Gaussian(3, n);
        using NativeBuffer expected = KernelCase.Gaussian(4, n);
        using NativeBuffer actual = KernelCase.Gaussian(4, n);
        using NativeBuffer state = KernelCase.Gaussian(5, n);
        using NativeBuffer states = KernelCase.Gaussian(5, n);

        Compare("RmsNorm", (k, y) => k.RmsNorm(x.Floats, w.Floats, y, n, 1e-5f));
        Compare("RmsNorm without weight", (k, y) => k.RmsNorm(x.Floats, null, y, n, 1e-5f));
        Compare("LayerNorm", (k, y) => k.LayerNorm(x.Floats, w.Floats, b.Floats, y, n, 1e-5f));
        Compare("LayerNorm bare", (k, y) => k.LayerNorm(x.Floats, null, null, y, n, 1e-5f));
        Compare("AddScaled", (k, y) => k.AddScaled(x.Floats, 0.37f, y, n));
        Compare("Add", (k, y) => k.Add(x.Floats, w.Floats, y, n));
        Compare("Scale", (k, y) => k.Scale(x.Floats, 0.37f, y, n));
        Compare("Silu", (k, y) => k.Silu(x.Floats, y, n));
        Compare("SiluMul", (k, y) => k.SiluMul(x.Floats, w.Floats, y, n));
        Compare("GeluTanh", (k, y) => k.GeluTanh(x.Floats, y, n));
        Compare("Gelu", (k, y) => k.Gelu(x.Floats, y, n));
        Compare("MultiplyAdd", (k, y) => k.MultiplyAdd(x.Floats, w.Floats, y, n));
        Compare("SigmoidMul", (k, y) => k.SigmoidMul(x.Floats, w.Floats, y, n));
        plain.ScanState(x.Floats, w.Floats, b.Floats, 0.37f, 0.7f, state.Floats, expected.Floats, n);
        fast.ScanState(x.Floats, w.Floats, b.Floats, 0.37f, 0.7f, states.Floats, actual.Floats, n);
        KernelCase.SameBits(state.Floats, states.Floats, n, "ScanState");
        KernelCase.SameBits(expected.Floats, actual.Floats, n, "what ScanState reads");
        Compare("GeluTanhMul", (k, y) => k.GeluTanhMul(x.Floats, w.Floats, y, n));

        void Compare(string name, Operation operation)
        {
            operation(plain, expected.Floats);
            operation(fast, actual.Floats);
            KernelCase.SameBits(expected.Floats, actual.Floats, n, name);
        }
    }

    /// <summary>Relative on both sides of 0, unlike the sum 1 + erf in floats, which loses the tail.</summary>
    [Fact]
    public void Gelu_by_the_error_function_is_near_its_formula_down_to_the_tail()
    {
        const int Count = 20001;
        using NativeBuffer x = new(Count * sizeof(float));
        using NativeBuffer y = new(Count * sizeof(float));
        for (int i = 0; i < Count; i++)
        {
            x.Floats[i] = (i - 10000) * 6e-4f;
        }

        KernelSet.For(KernelTier.Scalar).Gelu(x.Floats, y.Floats, Count);

        for (int i = 0; i < Count; i++)
        {
            double v = x.Floats[i];
            double expected = v < -1 ? -Tail(-v) : BertReference.Gelu(v);
            Assert.InRange(y.Floats[i], expected - (2e-6 * Math.Abs(expected)), expected + (2e-6 * Math.Abs(expected)));
        }

        // x/2 · erfc(x/√2) by the continued fraction of erfc.
        static double Tail(double x)
        {
            double z = x / Math.Sqrt(2);
            double fraction = z;
            for (int k = 200; k >= 1; k--)
            {
                fraction = z + (k / 2.0 / fraction);
            }

            return x / 2 * Math.Exp(-z * z) / (Math.Sqrt(Math.PI) * fraction);
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndLengths))]
    public void Activation_functions_are_near_their_formulas_from_tiny_to_huge(KernelTier tier, int n)
    {
        using NativeBuffer x = KernelCase.Gaussian(5, n, 20);
        using NativeBuffer silu = new(n * 4);
        using NativeBuffer gelu = new(n * 4);
        x.Floats[0] = 1e30f;
        x.Floats[n - 1] = -1e30f;

        KernelSet.For(tier).Silu(x.Floats, silu.Floats, n);
        KernelSet.For(tier).GeluTanh(x.Floats, gelu.Floats, n);

        for (int i = 0; i < n; i++)
        {
            double v = x.Floats[i];
            double s = v / (1 + Math.Exp(-v));
            double g = 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))));
            Assert.InRange(silu.Floats[i] - s, -1e-6 - (Math.Abs(s) * 1e-6), 1e-6 + (Math.Abs(s) * 1e-6));
            Assert.InRange(gelu.Floats[i] - g, -1e-6 - (Math.Abs(g) * 1e-6), 1e-6 + (Math.Abs(g) * 1e-6));
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndLengths))]
    public void Norms_are_near_their_formulas(KernelTier tier, int n)
    {
        using NativeBuffer x = KernelCase.Gaussian(6, n, 5);
        using NativeBuffer w = KernelCase.Gaussian(7, n);
        using NativeBuffer rms = new(n * 4);
        using NativeBuffer layer = new(n * 4);

        KernelSet.For(tier).RmsNorm(x.Floats, w.Floats, rms.Floats, n, 1e-5f);
        KernelSet.For(tier).LayerNorm(x.Floats, w.Floats, null, layer.Floats, n, 1e-5f);

        double[] values = new ReadOnlySpan<float>(x.Floats, n).ToArray().Select(v => (double)v).ToArray();
        double mean = values.Average();
        double square = values.Sum(v => v * v) / n;
        double variance = values.Sum(v => (v - mean) * (v - mean)) / n;
        for (int i = 0; i < n; i++)
        {
            double expectedRms = values[i] / Math.Sqrt(square + 1e-5) * w.Floats[i];
            double expectedLayer = (values[i] - mean) / Math.Sqrt(variance + 1e-5) * w.Floats[i];
            Assert.InRange(rms.Floats[i] - expectedRms, -1e-5, 1e-5);
            Assert.InRange(layer.Floats[i] - expectedLayer, -1e-5, 1e-5);
        }
    }

    public static TheoryData<KernelTier, int, int, bool> Rotations()
    {
        TheoryData<KernelTier, int, int, bool> data = [];
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            foreach ((int size, int rotated) in new[] { (8, 8), (64, 64), (80, 32), (96, 96), (128, 128), (128, 64), (6, 4) })
            {
                data.Add(tier, size, rotated, false);
                data.Add(tier, size, rotated, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Rotations))]
    public void Rope_turns_pairs_and_leaves_the_rest(KernelTier tier, int size, int rotated, bool adjacent)
    {
        const int Heads = 3;
        int pairs = rotated / 2;
        using NativeBuffer x = KernelCase.Gaussian(8, Heads * size);
        using NativeBuffer plain = KernelCase.Gaussian(8, Heads * size);
        using NativeBuffer before = KernelCase.Gaussian(8, Heads * size);
        using NativeBuffer cos = new(pairs * 4);
        using NativeBuffer sin = new(pairs * 4);
        double[] frequencies = [.. Enumerable.Range(0, pairs).Select(i => CanonicalMath.Pow(10000.0, -2.0 * i / rotated))];
        fixed (double* f = frequencies)
        {
            ScalarKernels.Instance.RopeTable(f, pairs, 777, 1, cos.Floats, sin.Floats);
        }

        KernelSet.For(tier).Rope(x.Floats, cos.Floats, sin.Floats, Heads, size, rotated, adjacent);
        KernelSet.For(KernelTier.Scalar).Rope(plain.Floats, cos.Floats, sin.Floats, Heads, size, rotated, adjacent);

        KernelCase.SameBits(plain.Floats, x.Floats, Heads * size, "rope");
        for (int i = 0; i < pairs; i++)
        {
            (int a, int b) = adjacent ? (2 * i, (2 * i) + 1) : (i, i + pairs);
            double angle = 777 * Math.Pow(10000, -2.0 * i / rotated);
            Assert.InRange(x.Floats[size + a] - ((before.Floats[size + a] * Math.Cos(angle)) - (before.Floats[size + b] * Math.Sin(angle))), -1e-5, 1e-5);
            Assert.InRange(x.Floats[size + b] - ((before.Floats[size + a] * Math.Sin(angle)) + (before.Floats[size + b] * Math.Cos(angle))), -1e-5, 1e-5);
        }

        KernelCase.SameBits(before.Floats + rotated, x.Floats + rotated, size - rotated, "what does not turn");
    }

    private delegate void Operation(KernelSet kernels, float* y);
}
