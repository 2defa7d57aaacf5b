using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>
/// The two loops of attention over a q8 cache, four columns at a time. A number is its whole part times its scale, exact in binary32, so the sums are
/// those of the canon. Outputs keep the order of their elements.
/// </summary>
internal static unsafe class Avx2BlockAttention
{
    private const int Span = Avx2Attention.Span;

    /// <summary>Scores of the 16 positions of a tile: a lane owns a position, dimensions ascending.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(byte* tile, float* q, int size, float scale, float* scores)
    {
        Vector256<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
        float* q1 = q + size;
        float* q2 = q1 + size;
        float* q3 = q2 + size;
        byte* k = tile;
        for (int first = 0; first < size; first += KvLayout.BlockSize)
        {
            Vector256<float> low = Avx2Loads.Halves(k);
            Vector256<float> high = Avx2Loads.Halves(k + 16);
            k += 32;
            int end = Math.Min(first + KvLayout.BlockSize, size);
            for (int d = first; d < end; d++, k += 16)
            {
                if (((nint)k & 63) < 16)
                {
                    Sse.Prefetch0(k + 4096);
                }

                Widen((sbyte*)k, low, high, out Vector256<float> e, out Vector256<float> f);
                Avx2Attention.Step(e, f, q + d, ref a0, ref b0);
                Avx2Attention.Step(e, f, q1 + d, ref a1, ref b1);
                Avx2Attention.Step(e, f, q2 + d, ref a2, ref b2);
                Avx2Attention.Step(e, f, q3 + d, ref a3, ref b3);
            }
        }

        Avx2Attention.Store(a0, b0, scale, scores);
        Avx2Attention.Store(a1, b1, scale, scores + Span);
        Avx2Attention.Store(a2, b2, scale, scores + (2 * Span));
        Avx2Attention.Store(a3, b3, scale, scores + (3 * Span));
    }

    /// <summary>Scales of consecutive positions as f32.</summary>
    /// <param name="scales">[count], and as many as make a multiple of 8 may be read behind them.</param>
    /// <param name="count">Positions, 1..64.</param>
    /// <param name="widened">[64]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* scales, int count, float* widened)
    {
        for (int i = 0; i < count; i += 8)
        {
            Avx2Loads.Halves((byte*)(scales + i)).Store(widened + i);
        }
    }

    /// <summary>Adds weighted values of some positions to 16 outputs: a lane owns an output, positions ascending.</summary>
    /// <param name="v">The first position's 16 elements.</param>
    /// <param name="rowBytes">From a position's to the next one's.</param>
    /// <param name="scales">[n]</param>
    /// <param name="n">Positions.</param>
    /// <param name="w">Weights of the first column; a span of 512 lies between columns.</param>
    /// <param name="sums">Outputs of the first column.</param>
    /// <param name="stride">Floats from a column's outputs to the next one's.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weigh(sbyte* v, int rowBytes, float* scales, int n, float* w, float* sums, int stride)
    {
        float* s1 = sums + stride;
        float* s2 = s1 + stride;
        float* s3 = s2 + stride;
        Vector256<float> e0 = Avx.LoadVector256(sums), o0 = Avx.LoadVector256(sums + 8), e1 = Avx.LoadVector256(s1), o1 = Avx.LoadVector256(s1 + 8);
        Vector256<float> e2 = Avx.LoadVector256(s2), o2 = Avx.LoadVector256(s2 + 8), e3 = Avx.LoadVector256(s3), o3 = Avx.LoadVector256(s3 + 8);
        for (int j = 0; j < n; j++, v += rowBytes, w++)
        {
            if (((nint)v & 48) == 0)
            {
                Sse.Prefetch0(v + (64 * rowBytes));
            }

            Vector256<float> scale = Avx2Loads.All(scales + j);
            Widen(v, scale, scale, out Vector256<float> e, out Vector256<float> o);
            Avx2Attention.Step(e, o, w, ref e0, ref o0);
            Avx2Attention.Step(e, o, w + Span, ref e1, ref o1);
            Avx2Attention.Step(e, o, w + (2 * Span), ref e2, ref o2);
            Avx2Attention.Step(e, o, w + (3 * Span), ref e3, ref o3);
        }

        e0.Store(sums);
        o0.Store(sums + 8);
        e1.Store(s1);
        o1.Store(s1 + 8);
        e2.Store(s2);
        o2.Store(s2 + 8);
        e3.Store(s3);
        o3.Store(s3 + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(sbyte* q, Vector256<float> lowScale, Vector256<float> highScale, out Vector256<float> low, out Vector256<float> high)
    {
        low = Avx.Multiply(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(q)), lowScale);
        high = Avx.Multiply(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(q + 8)), highScale);
    }
}
