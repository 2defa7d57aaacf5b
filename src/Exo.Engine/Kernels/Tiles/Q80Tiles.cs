using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>GGUF block_q8_0 = f16 d, 32 signed bytes. acc = fma((float)Σ q·a, d·da, acc).</summary>
internal sealed unsafe class ScalarQ80 : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q8_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 34;

    public override int ActivationGroup => 32;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += 34)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 32);
            int dot = 0;
            for (int i = 0; i < 32; i++)
            {
                dot += (sbyte)row[2 + i] * a[i];
            }

            sum = MathF.FusedMultiplyAdd(dot, HalfBits.ToSingle(*(ushort*)row) * x.Scales[index], sum);
        }

        return sum;
    }
}

/// <summary>Tile block: 16 f16 scales, then 8 times the 16 rows’ words: word g holds k = 4g .. 4g + 3.</summary>
internal unsafe class Avx2Q80 : TileKernel
{
    protected const int StepBytes = 544;

    public override TensorType Type => TensorType.Q8_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 34;

    public override int ActivationGroup => 32;

    public override int RangeColumns => 2048;

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        for (int b = 0; b < blocks; b++, tile += StepBytes, rows += BlockBytes)
        {
            Halves(rows, (long)blocks * BlockBytes, tile);
            Words(rows + 2, (long)blocks * BlockBytes, 8, tile + 32);
        }
    }

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        Activations at = x.From(panel);
        One(tile, blocks, at.Bytes, at.Scales, y);
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            if (x.Width(p) == 1)
            {
                if (firstBlock == 0)
                {
                    One(tile, blocks, x, p, sums);
                }

                continue;
            }

            long at = (((long)p * blocks) + firstBlock) * 4;
            Four(tile + ((long)firstBlock * StepBytes), endBlock - firstBlock, x.Bytes + (at * 32), x.Scales + at, sums, p == firstPanel ? Avx2Loads.Ahead : 0);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* t, int blocks, sbyte* a, float* d, float* y)
    {
        Vector256<float> sum0 = Vector256<float>.Zero;
        Vector256<float> sum1 = Vector256<float>.Zero;
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 32, d++)
        {
            Prefetch(t + Avx2Loads.Ahead);
            Vector256<int> i0 = default, i1 = default;
            for (int g = 0; g < 8; g++)
            {
                Vector256<sbyte> v0 = Avx.LoadVector256((sbyte*)t + 32 + (g * 64));
                Vector256<sbyte> v1 = Avx.LoadVector256((sbyte*)t + 64 + (g * 64));
                Column(Avx2.Abs(v0), Avx2.Abs(v1), v0, v1, a + (g * 4), ref i0, ref i1);
            }

            Vector256<float> da = Avx2Loads.All(d);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i0), Avx.Multiply(Avx2Loads.Halves(t), da), sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i1), Avx.Multiply(Avx2Loads.Halves(t + 16), da), sum1);
        }

        sum0.Store(y);
        sum1.Store(y + 8);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* t, int blocks, sbyte* a, float* d, float* sums, int ahead)
    {
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 128, d += 4)
        {
            if (ahead != 0)
            {
                Prefetch(t + ahead);
            }

            Vector256<int> p0 = default, q0 = default, p1 = default, q1 = default, p2 = default, q2 = default, p3 = default, q3 = default;
            for (int g = 0; g < 8; g++)
            {
                Vector256<sbyte> v0 = Avx.LoadVector256((sbyte*)t + 32 + (g * 64));
                Vector256<sbyte> v1 = Avx.LoadVector256((sbyte*)t + 64 + (g * 64));
                Vector256<byte> w0 = Avx2.Abs(v0);
                Vector256<byte> w1 = Avx2.Abs(v1);
                Column(w0, w1, v0, v1, a + (g * 4), ref p0, ref q0);
                Column(w0, w1, v0, v1, a + 32 + (g * 4), ref p1, ref q1);
                Column(w0, w1, v0, v1, a + 64 + (g * 4), ref p2, ref q2);
                Column(w0, w1, v0, v1, a + 96 + (g * 4), ref p3, ref q3);
            }

            Vector256<float> d0 = Avx2Loads.Halves(t);
            Vector256<float> d1 = Avx2Loads.Halves(t + 16);
            Finish(p0, q0, d0, d1, d, sums);
            Finish(p1, q1, d0, d1, d + 1, sums + 16);
            Finish(p2, q2, d0, d1, d + 2, sums + 32);
            Finish(p3, q3, d0, d1, d + 3, sums + 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Prefetch(byte* t)
    {
        Sse.Prefetch0(t);
        Sse.Prefetch0(t + 64);
        Sse.Prefetch0(t + 128);
        Sse.Prefetch0(t + 192);
        Sse.Prefetch0(t + 256);
        Sse.Prefetch0(t + 320);
        Sse.Prefetch0(t + 384);
        Sse.Prefetch0(t + 448);
        Sse.Prefetch0(t + 512);
    }

    // |w| as unsigned times a with w's sign: 2 · 128 · 127 = 32512 fits an int16 lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(Vector256<byte> w0, Vector256<byte> w1, Vector256<sbyte> v0, Vector256<sbyte> v1, sbyte* a, ref Vector256<int> p, ref Vector256<int> q)
    {
        Vector256<sbyte> x = Avx2Loads.Four(a).AsSByte();
        p = Avx2.Add(p, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(w0, Avx2.Sign(x, v0)), Vector256<short>.One));
        q = Avx2.Add(q, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(w1, Avx2.Sign(x, v1)), Vector256<short>.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(Vector256<int> p, Vector256<int> q, Vector256<float> d0, Vector256<float> d1, float* d, float* sums)
    {
        Vector256<float> da = Avx2Loads.All(d);
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(p), Avx.Multiply(d0, da), Avx.LoadVector256(sums)).Store(sums);
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(q), Avx.Multiply(d1, da), Avx.LoadVector256(sums + 8)).Store(sums + 8);
    }
}
