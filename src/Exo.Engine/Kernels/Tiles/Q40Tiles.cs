using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>GGUF block_q4_0 = f16 d, 16 bytes: low nibbles k = 0..15, high ones 16..31. acc = fma((float)Σ(q − 8)a, d·da, acc).</summary>
internal sealed unsafe class ScalarQ40 : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q4_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 18;

    public override int ActivationGroup => 32;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += 18)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 32);
            int dot = 0;
            for (int i = 0; i < 16; i++)
            {
                dot += (((row[2 + i] & 15) - 8) * a[i]) + (((row[2 + i] >> 4) - 8) * a[16 + i]);
            }

            sum = MathF.FusedMultiplyAdd(dot, HalfBits.ToSingle(*(ushort*)row) * x.Scales[index], sum);
        }

        return sum;
    }
}

/// <summary>Tile block: 16 f16 scales, then 4 times the 16 rows’ words of nibbles: low ones k = 4c + b, high ones 16 + 4c + b.</summary>
internal unsafe class Avx2Q40 : TileKernel
{
    protected const int StepBytes = 288;

    public override TensorType Type => TensorType.Q4_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 18;

    public override int ActivationGroup => 32;

    public override int RangeColumns => 2048;

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        for (int b = 0; b < blocks; b++, tile += StepBytes, rows += BlockBytes)
        {
            Halves(rows, (long)blocks * BlockBytes, tile);
            Words(rows + 2, (long)blocks * BlockBytes, 4, tile + 32);
        }
    }

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        Activations at = x.From(panel);
        One(tile, blocks, at.Bytes, at.Scales, at.Sums, y);
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
            Four(tile + ((long)firstBlock * StepBytes), endBlock - firstBlock, x.Bytes + (at * 32), x.Scales + at, x.Sums + at, sums, p == firstPanel ? Avx2Loads.Ahead : 0);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* t, int blocks, sbyte* a, float* d, int* s, float* y)
    {
        Vector256<short> one = Vector256<short>.One;
        Vector256<float> sum0 = Vector256<float>.Zero;
        Vector256<float> sum1 = Vector256<float>.Zero;
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 32, d++, s++)
        {
            Prefetch(t + Avx2Loads.Ahead);
            Vector256<short> s0 = default, s1 = default;
            Step(t + 32, a, ref s0, ref s1);
            Step(t + 96, a + 4, ref s0, ref s1);
            Step(t + 160, a + 8, ref s0, ref s1);
            Step(t + 224, a + 12, ref s0, ref s1);
            Vector256<int> offset = Avx2.BroadcastScalarToVector256(s);
            Vector256<float> da = Avx2Loads.All(d);
            Vector256<int> i0 = Avx2.Add(Avx2.MultiplyAddAdjacent(s0, one), offset);
            Vector256<int> i1 = Avx2.Add(Avx2.MultiplyAddAdjacent(s1, one), offset);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i0), Avx.Multiply(Avx2Loads.Halves(t), da), sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i1), Avx.Multiply(Avx2Loads.Halves(t + 16), da), sum1);
        }

        sum0.Store(y);
        sum1.Store(y + 8);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* t, int blocks, sbyte* a, float* d, int* s, float* sums, int ahead)
    {
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 128, d += 4, s += 4)
        {
            if (ahead != 0)
            {
                Prefetch(t + ahead);
            }

            Vector256<short> p0 = default, q0 = default, p1 = default, q1 = default, p2 = default, q2 = default, p3 = default, q3 = default;
            Unpack(t + 32, out Vector256<byte> l0, out Vector256<byte> l1, out Vector256<byte> h0, out Vector256<byte> h1);
            Column(l0, l1, a + 0, ref p0, ref q0);
            Column(l0, l1, a + 32, ref p1, ref q1);
            Column(l0, l1, a + 64, ref p2, ref q2);
            Column(l0, l1, a + 96, ref p3, ref q3);
            Column(h0, h1, a + 16, ref p0, ref q0);
            Column(h0, h1, a + 48, ref p1, ref q1);
            Column(h0, h1, a + 80, ref p2, ref q2);
            Column(h0, h1, a + 112, ref p3, ref q3);
            Unpack(t + 96, out l0, out l1, out h0, out h1);
            Column(l0, l1, a + 4, ref p0, ref q0);
            Column(l0, l1, a + 36, ref p1, ref q1);
            Column(l0, l1, a + 68, ref p2, ref q2);
            Column(l0, l1, a + 100, ref p3, ref q3);
            Column(h0, h1, a + 20, ref p0, ref q0);
            Column(h0, h1, a + 52, ref p1, ref q1);
            Column(h0, h1, a + 84, ref p2, ref q2);
            Column(h0, h1, a + 116, ref p3, ref q3);
            Unpack(t + 160, out l0, out l1, out h0, out h1);
            Column(l0, l1, a + 8, ref p0, ref q0);
            Column(l0, l1, a + 40, ref p1, ref q1);
            Column(l0, l1, a + 72, ref p2, ref q2);
            Column(l0, l1, a + 104, ref p3, ref q3);
            Column(h0, h1, a + 24, ref p0, ref q0);
            Column(h0, h1, a + 56, ref p1, ref q1);
            Column(h0, h1, a + 88, ref p2, ref q2);
            Column(h0, h1, a + 120, ref p3, ref q3);
            Unpack(t + 224, out l0, out l1, out h0, out h1);
            Column(l0, l1, a + 12, ref p0, ref q0);
            Column(l0, l1, a + 44, ref p1, ref q1);
            Column(l0, l1, a + 76, ref p2, ref q2);
            Column(l0, l1, a + 108, ref p3, ref q3);
            Column(h0, h1, a + 28, ref p0, ref q0);
            Column(h0, h1, a + 60, ref p1, ref q1);
            Column(h0, h1, a + 92, ref p2, ref q2);
            Column(h0, h1, a + 124, ref p3, ref q3);
            Vector256<float> d0 = Avx2Loads.Halves(t);
            Vector256<float> d1 = Avx2Loads.Halves(t + 16);
            Finish(p0, q0, d0, d1, d, s, sums);
            Finish(p1, q1, d0, d1, d + 1, s + 1, sums + 16);
            Finish(p2, q2, d0, d1, d + 2, s + 2, sums + 32);
            Finish(p3, q3, d0, d1, d + 3, s + 3, sums + 48);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Unpack(byte* t, out Vector256<byte> l0, out Vector256<byte> l1, out Vector256<byte> h0, out Vector256<byte> h1)
    {
        Vector256<byte> m = Vector256.Create((byte)15);
        Vector256<byte> v0 = Avx.LoadVector256(t);
        Vector256<byte> v1 = Avx.LoadVector256(t + 32);
        l0 = Avx2.And(v0, m);
        l1 = Avx2.And(v1, m);
        h0 = Avx2.And(Avx2.ShiftRightLogical(v0.AsUInt16(), 4).AsByte(), m);
        h1 = Avx2.And(Avx2.ShiftRightLogical(v1.AsUInt16(), 4).AsByte(), m);
    }

    // 8 steps of 2 products of at most 15 · 127: 30480 fits an int16 lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(byte* t, sbyte* a, ref Vector256<short> s0, ref Vector256<short> s1)
    {
        Unpack(t, out Vector256<byte> l0, out Vector256<byte> l1, out Vector256<byte> h0, out Vector256<byte> h1);
        Column(l0, l1, a, ref s0, ref s1);
        Column(h0, h1, a + 16, ref s0, ref s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(Vector256<byte> w0, Vector256<byte> w1, sbyte* a, ref Vector256<short> p, ref Vector256<short> q)
    {
        Vector256<sbyte> x = Avx2Loads.Four(a).AsSByte();
        p = Avx2.Add(p, Avx2.MultiplyAddAdjacent(w0, x));
        q = Avx2.Add(q, Avx2.MultiplyAddAdjacent(w1, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(Vector256<short> p, Vector256<short> q, Vector256<float> d0, Vector256<float> d1, float* d, int* s, float* sums)
    {
        Vector256<int> offset = Avx2.BroadcastScalarToVector256(s);
        Vector256<float> da = Avx2Loads.All(d);
        Vector256<int> i0 = Avx2.Add(Avx2.MultiplyAddAdjacent(p, Vector256<short>.One), offset);
        Vector256<int> i1 = Avx2.Add(Avx2.MultiplyAddAdjacent(q, Vector256<short>.One), offset);
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(i0), Avx.Multiply(d0, da), Avx.LoadVector256(sums)).Store(sums);
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(i1), Avx.Multiply(d1, da), Avx.LoadVector256(sums + 8)).Store(sums + 8);
    }
}
