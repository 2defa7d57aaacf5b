using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels;

/// <summary>Functions of the AVX2 kernels; each equals its scalar form in CanonicalMath bit for bit.</summary>
internal static unsafe class Avx2Math
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        x = Avx.Min(Avx.Max(x, Vector256.Create(CanonicalMath.ExpLowest)), Vector256.Create(CanonicalMath.ExpHighest));
        Vector256<float> n = Avx.RoundToNearestInteger(Avx.Multiply(x, Vector256.Create(CanonicalMath.Log2E)));
        Vector256<float> r = Fma.MultiplyAddNegated(n, Vector256.Create(CanonicalMath.Ln2Low), Fma.MultiplyAddNegated(n, Vector256.Create(CanonicalMath.Ln2High), x));
        Vector256<float> p = Fma.MultiplyAdd(r, Vector256.Create(CanonicalMath.C5), Vector256.Create(CanonicalMath.C4));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(CanonicalMath.C3));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(CanonicalMath.C2));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(CanonicalMath.C1));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(CanonicalMath.C0));
        p = Avx.Add(Fma.MultiplyAdd(p, Avx.Multiply(r, r), r), Vector256<float>.One);
        return Avx2.Add(p.AsInt32(), Avx2.ShiftLeftLogical(Avx.ConvertToVector256Int32(n), 23)).AsSingle();
    }

    /// <summary>x / (1 + e^-z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x, Vector256<float> z) =>
        Avx.Divide(x, Avx.Add(Vector256<float>.One, Exp(Avx.Xor(z, Vector256.Create(-0f)))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> GeluTanh(Vector256<float> x) =>
        Sigmoid(x, Avx.Multiply(x, Fma.MultiplyAdd(Avx.Multiply(x, x), Vector256.Create(ScalarKernels.GeluCubic), Vector256.Create(ScalarKernels.GeluLinear))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gelu(Vector256<float> x)
    {
        Vector256<float> a = Avx.AndNot(Vector256.Create(-0f), x);
        Vector256<float> t = Avx.Divide(Vector256<float>.One, Fma.MultiplyAdd(a, Vector256.Create(ErfcSeries.Half), Vector256<float>.One));
        Vector256<float> p = Vector256.Create(ErfcSeries.C10);
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C9));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C8));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C7));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C6));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C5));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C4));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C3));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C2));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C1));
        p = Fma.MultiplyAdd(p, t, Vector256.Create(ErfcSeries.C0));
        Vector256<float> half = Avx.Multiply(a, Vector256.Create(-0.5f));
        return Fma.MultiplyAdd(half, Avx.Multiply(p, Exp(Avx.Multiply(half, a))), Avx.Max(x, Vector256<float>.Zero));
    }

    /// <summary>Lanes (i, i + 4), (i, i + 2), (0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree(Vector256<float> v)
    {
        Vector128<float> h = Sse.Add(v.GetLower(), v.GetUpper());
        h = Sse.Add(h, Sse.MoveHighToLow(h, h));
        return h[0] + h[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector256<float> v)
    {
        Vector128<float> h = Sse.Max(v.GetLower(), v.GetUpper());
        h = Sse.Max(h, Sse.MoveHighToLow(h, h));
        return h[0] > h[1] ? h[0] : h[1];
    }
}
