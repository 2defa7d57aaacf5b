using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>
/// Attention of four columns (query, head) of one key-value head at a time, so that a cached number is widened once for four. Scores: a lane owns
/// a position, dimensions ascending. Values: a lane owns an output, positions ascending. A span's output of a 16-bit cache keeps the even
/// elements of 16 in the first 8 lanes and the odd ones in the last 8; the end undoes it.
/// </summary>
internal static unsafe class Avx2Attention
{
    internal const int Span = KvLayout.PagePositions;
    private const int Wide = 4;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block(in AttentionBlock block, float* output, float* room)
    {
        KvLayout layout = block.Shape.Layout;
        int stride = layout.ValueStride;
        int columns = block.Columns;
        float* scores = room;
        float* sums = scores + (Wide * Span);
        float* queries = sums + (Wide * stride);
        float* tops = queries + (Wide * layout.KeySize);
        float* totals = tops + columns;
        for (int c = 0; c < columns; c++)
        {
            tops[c] = block.HasSinks ? block.Sink(c) : float.NegativeInfinity;
            totals[c] = block.HasSinks ? 1 : 0;
        }

        new Span<float>(output, columns * stride).Clear();
        for (int span = block.First(0) / Span; span <= block.Last(columns - 1) / Span; span++)
        {
            for (int c = 0; c < columns; c += Wide)
            {
                SpanOfFour(block, span, c, queries, scores, sums, tops, totals, output);
            }
        }

        for (int c = 0; c < columns; c++)
        {
            Finish(output + (c * stride), stride, totals[c], layout.Type);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SpanOfFour(in AttentionBlock block, int span, int column, float* queries, float* scores, float* sums, float* tops, float* totals, float* output)
    {
        KvLayout layout = block.Shape.Layout;
        int wide = Math.Min(Wide, block.Columns - column);
        int start = span * Span;
        int* lows = stackalloc int[Wide];
        int* highs = stackalloc int[Wide];
        (int low, int high) = (Span, -1);
        for (int i = 0; i < wide; i++)
        {
            lows[i] = Math.Max(block.First(column + i) - start, 0);
            highs[i] = Math.Min(block.Last(column + i) - start, Span - 1);
            if (lows[i] <= highs[i])
            {
                (low, high) = (Math.Min(low, lows[i]), Math.Max(high, highs[i]));
            }
        }

        if (low > high)
        {
            return;
        }

        for (int i = 0; i < Wide; i++)
        {
            int size = layout.KeySize * sizeof(float);
            Buffer.MemoryCopy(block.Query(column + Math.Min(i, wide - 1)), queries + (i * layout.KeySize), size, size);
        }

        byte* page = block.Pages[span];
        int first = low & ~15;
        int end = (high | 15) + 1;
        Score(layout, page, block.KvHead, first, end, queries, block.Shape.Scale, scores);
        float* m = stackalloc float[Wide];
        float* l = stackalloc float[Wide];
        for (int i = 0; i < Wide; i++)
        {
            float* row = scores + (i * Span);
            bool seen = i < wide && lows[i] <= highs[i];
            new Span<float>(row + first, (seen ? lows[i] : end) - first).Fill(float.NegativeInfinity);
            if (seen)
            {
                new Span<float>(row + highs[i] + 1, end - highs[i] - 1).Fill(float.NegativeInfinity);
                Cap(row + lows[i], highs[i] + 1 - lows[i], block.Shape.Softcap);
            }

            Soften(row, first, end, out m[i], out l[i]);
        }

        new Span<float>(sums, Wide * layout.ValueStride).Clear();
        Weigh(layout, page, block.KvHead, low, high + 1, scores, sums);
        for (int i = 0; i < wide; i++)
        {
            if (lows[i] <= highs[i])
            {
                Merge(ref tops[column + i], ref totals[column + i], output + ((column + i) * layout.ValueStride), m[i], l[i], sums + (i * layout.ValueStride), layout.ValueStride);
            }
        }
    }

    private static void Cap(float* scores, int n, float cap)
    {
        for (int i = 0; cap != 0 && i < n; i++)
        {
            scores[i] = ScalarAttention.Cap(scores[i], cap);
        }
    }

    /// <summary>Scores become weights e^(s - m); masked ones become +0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Soften(float* row, int first, int end, out float m, out float l)
    {
        Vector256<float> nothing = Vector256.Create(float.NegativeInfinity);
        Vector256<float> largest = nothing;
        for (int j = first; j < end; j += 8)
        {
            largest = Avx.Max(Avx.LoadVector256(row + j), largest);
        }

        m = Avx2Math.MaxOf(largest);
        Vector256<float> mm = Vector256.Create(m);
        Vector256<float> sum = Vector256<float>.Zero;
        for (int j = first; j < end; j += 8)
        {
            Vector256<float> x = Avx.LoadVector256(row + j);
            Vector256<float> e = Avx.AndNot(Avx.CompareEqual(x, nothing), Avx2Math.Exp(Avx.Subtract(x, mm)));
            e.Store(row + j);
            sum = Avx.Add(sum, e);
        }

        l = Avx2Math.Tree(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Merge(ref float top, ref float total, float* output, float m, float l, float* sums, int stride)
    {
        float highest = m > top ? m : top;
        float a = float.IsNegativeInfinity(top) ? 0 : CanonicalMath.Exp(top - highest);
        float b = CanonicalMath.Exp(m - highest);
        total = MathF.FusedMultiplyAdd(total, a, l * b);
        top = highest;
        Vector256<float> va = Vector256.Create(a);
        Vector256<float> vb = Vector256.Create(b);
        for (int d = 0; d < stride; d += 8)
        {
            Vector256<float> sum = Avx.Add(Avx.LoadVector256(sums + d), Vector256<float>.Zero);
            Fma.MultiplyAdd(Avx.LoadVector256(output + d), va, Avx.Multiply(sum, vb)).Store(output + d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(float* output, int stride, float total, KvCacheType type)
    {
        Vector256<float> t = Vector256.Create(total);
        for (int d = 0; d < stride; d += 16)
        {
            Vector256<float> e = Avx.Divide(Avx.LoadVector256(output + d), t);
            Vector256<float> o = Avx.Divide(Avx.LoadVector256(output + d + 8), t);
            if (type is KvCacheType.F16 or KvCacheType.BF16)
            {
                Vector256<float> low = Avx.UnpackLow(e, o);
                Vector256<float> high = Avx.UnpackHigh(e, o);
                e = Avx.Permute2x128(low, high, 0x20);
                o = Avx.Permute2x128(low, high, 0x31);
            }

            e.Store(output + d);
            o.Store(output + d + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(in KvLayout layout, byte* page, int head, int first, int end, float* queries, float scale, float* scores)
    {
        for (int p = first; p < end; p += KvLayout.TilePositions)
        {
            byte* tile = layout.KeyTile(page, head, p);
            if (layout.Type == KvCacheType.F16)
            {
                ScorePairs<HalfPairs>(tile, queries, layout.KeySize, scale, scores + p);
            }
            else if (layout.Type == KvCacheType.BF16)
            {
                ScorePairs<BrainPairs>(tile, queries, layout.KeySize, scale, scores + p);
            }
            else if (layout.Type == KvCacheType.Q8)
            {
                Avx2BlockAttention.Score(tile, queries, layout.KeySize, scale, scores + p);
            }
            else
            {
                ScoreF32((float*)tile, queries, layout.KeySize, scale, scores + p);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScorePairs<TPairs>(byte* k, float* q, int size, float scale, float* scores)
        where TPairs : struct, IWordPairs
    {
        Vector256<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
        float* q1 = q + size;
        float* q2 = q1 + size;
        float* q3 = q2 + size;
        for (int d = 0; d < size; d += 2, k += 64)
        {
            Sse.Prefetch0(k + 4096);
            TPairs.Widen(k, out Vector256<float> e, out Vector256<float> o);
            TPairs.Widen(k + 32, out Vector256<float> f, out Vector256<float> p);
            Step(e, f, q + d, ref a0, ref b0);
            Step(e, f, q1 + d, ref a1, ref b1);
            Step(e, f, q2 + d, ref a2, ref b2);
            Step(e, f, q3 + d, ref a3, ref b3);
            Step(o, p, q + d + 1, ref a0, ref b0);
            Step(o, p, q1 + d + 1, ref a1, ref b1);
            Step(o, p, q2 + d + 1, ref a2, ref b2);
            Step(o, p, q3 + d + 1, ref a3, ref b3);
        }

        Store(a0, b0, scale, scores);
        Store(a1, b1, scale, scores + Span);
        Store(a2, b2, scale, scores + (2 * Span));
        Store(a3, b3, scale, scores + (3 * Span));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreF32(float* k, float* q, int size, float scale, float* scores)
    {
        Vector256<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
        for (int d = 0; d < size; d++, k += 16, q++)
        {
            Vector256<float> e = Avx.LoadVector256(k);
            Vector256<float> f = Avx.LoadVector256(k + 8);
            Step(e, f, q, ref a0, ref b0);
            Step(e, f, q + size, ref a1, ref b1);
            Step(e, f, q + (2 * size), ref a2, ref b2);
            Step(e, f, q + (3 * size), ref a3, ref b3);
        }

        Store(a0, b0, scale, scores);
        Store(a1, b1, scale, scores + Span);
        Store(a2, b2, scale, scores + (2 * Span));
        Store(a3, b3, scale, scores + (3 * Span));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Step(Vector256<float> e, Vector256<float> f, float* q, ref Vector256<float> a, ref Vector256<float> b)
    {
        Vector256<float> x = Avx2Loads.All(q);
        a = Fma.MultiplyAdd(e, x, a);
        b = Fma.MultiplyAdd(f, x, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(Vector256<float> a, Vector256<float> b, float scale, float* scores)
    {
        Vector256<float> s = Vector256.Create(scale);
        Avx.Multiply(a, s).Store(scores);
        Avx.Multiply(b, s).Store(scores + 8);
    }

    /// <summary>64 positions at a time, so that their value rows stay in the first cache for all outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(in KvLayout layout, byte* page, int head, int low, int end, float* weights, float* sums)
    {
        int stride = layout.ValueStride;
        float* scales = stackalloc float[64];
        for (int j = low; j < end; j += 64)
        {
            byte* row = layout.ValueRow(page, head, j);
            int n = Math.Min(64, end - j);
            for (int d = 0; d < stride; d += 16)
            {
                if (layout.Type == KvCacheType.Q8 && d % KvLayout.BlockSize == 0)
                {
                    Avx2BlockAttention.Widen(layout.ValueScale(page, head, j, d), n, scales);
                }

                if (layout.Type == KvCacheType.F16)
                {
                    WeighPairs<HalfPairs>(row + (d * 2), stride * 2, n, weights + j, sums + d, stride);
                }
                else if (layout.Type == KvCacheType.BF16)
                {
                    WeighPairs<BrainPairs>(row + (d * 2), stride * 2, n, weights + j, sums + d, stride);
                }
                else if (layout.Type == KvCacheType.Q8)
                {
                    Avx2BlockAttention.Weigh((sbyte*)row + d, stride, scales, n, weights + j, sums + d, stride);
                }
                else
                {
                    WeighF32((float*)row + d, stride, n, weights + j, sums + d, stride);
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeighPairs<TPairs>(byte* v, int rowBytes, int n, float* w, float* sums, int stride)
        where TPairs : struct, IWordPairs
    {
        float* s1 = sums + stride;
        float* s2 = s1 + stride;
        float* s3 = s2 + stride;
        Vector256<float> e0 = Avx.LoadVector256(sums), o0 = Avx.LoadVector256(sums + 8), e1 = Avx.LoadVector256(s1), o1 = Avx.LoadVector256(s1 + 8);
        Vector256<float> e2 = Avx.LoadVector256(s2), o2 = Avx.LoadVector256(s2 + 8), e3 = Avx.LoadVector256(s3), o3 = Avx.LoadVector256(s3 + 8);
        for (int j = 0; j < n; j++, v += rowBytes, w++)
        {
            if (((nint)v & 32) == 0)
            {
                Sse.Prefetch0(v + (64 * rowBytes));
            }

            TPairs.Widen(v, out Vector256<float> e, out Vector256<float> o);
            Step(e, o, w, ref e0, ref o0);
            Step(e, o, w + Span, ref e1, ref o1);
            Step(e, o, w + (2 * Span), ref e2, ref o2);
            Step(e, o, w + (3 * Span), ref e3, ref o3);
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

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeighF32(float* v, int rowStride, int n, float* w, float* sums, int stride)
    {
        float* s1 = sums + stride;
        float* s2 = s1 + stride;
        float* s3 = s2 + stride;
        Vector256<float> e0 = Avx.LoadVector256(sums), o0 = Avx.LoadVector256(sums + 8), e1 = Avx.LoadVector256(s1), o1 = Avx.LoadVector256(s1 + 8);
        Vector256<float> e2 = Avx.LoadVector256(s2), o2 = Avx.LoadVector256(s2 + 8), e3 = Avx.LoadVector256(s3), o3 = Avx.LoadVector256(s3 + 8);
        for (int j = 0; j < n; j++, v += rowStride, w++)
        {
            Vector256<float> e = Avx.LoadVector256(v);
            Vector256<float> o = Avx.LoadVector256(v + 8);
            Step(e, o, w, ref e0, ref o0);
            Step(e, o, w + Span, ref e1, ref o1);
            Step(e, o, w + (2 * Span), ref e2, ref o2);
            Step(e, o, w + (3 * Span), ref e3, ref o3);
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
}
