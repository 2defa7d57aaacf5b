using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Q8_0 with AVX-VNNI: unsigned times signed bytes, four at a time into an int. Weights count from −128: Σ q·a = Σ (q + 128)·a − 128·Σ a,
/// and the activations' sums hold −8·Σ a.
/// </summary>
internal sealed unsafe class VnniQ80 : Avx2Q80
{
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
        Vector256<float> sum0 = Vector256<float>.Zero;
        Vector256<float> sum1 = Vector256<float>.Zero;
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 32, d++, s++)
        {
            Prefetch(t + Avx2Loads.Ahead);
            Vector256<int> i0 = Offset(s);
            Vector256<int> i1 = i0;
            Vector256<int> j0 = default, j1 = default;
            Weights(t + 32, out Vector256<byte> w0, out Vector256<byte> w1);
            Column(w0, w1, a + 0, ref i0, ref i1);
            Weights(t + 96, out w0, out w1);
            Column(w0, w1, a + 4, ref j0, ref j1);
            Weights(t + 160, out w0, out w1);
            Column(w0, w1, a + 8, ref i0, ref i1);
            Weights(t + 224, out w0, out w1);
            Column(w0, w1, a + 12, ref j0, ref j1);
            Weights(t + 288, out w0, out w1);
            Column(w0, w1, a + 16, ref i0, ref i1);
            Weights(t + 352, out w0, out w1);
            Column(w0, w1, a + 20, ref j0, ref j1);
            Weights(t + 416, out w0, out w1);
            Column(w0, w1, a + 24, ref i0, ref i1);
            Weights(t + 480, out w0, out w1);
            Column(w0, w1, a + 28, ref j0, ref j1);
            Vector256<float> da = Avx2Loads.All(d);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.Add(i0, j0)), Avx.Multiply(Avx2Loads.Halves(t), da), sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.Add(i1, j1)), Avx.Multiply(Avx2Loads.Halves(t + 16), da), sum1);
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

            Vector256<int> p0 = Offset(s), q0 = p0, p1 = Offset(s + 1), q1 = p1, p2 = Offset(s + 2), q2 = p2, p3 = Offset(s + 3), q3 = p3;
            Weights(t + 32, out Vector256<byte> w0, out Vector256<byte> w1);
            Column(w0, w1, a + 0, ref p0, ref q0);
            Column(w0, w1, a + 32, ref p1, ref q1);
            Column(w0, w1, a + 64, ref p2, ref q2);
            Column(w0, w1, a + 96, ref p3, ref q3);
            Weights(t + 96, out w0, out w1);
            Column(w0, w1, a + 4, ref p0, ref q0);
            Column(w0, w1, a + 36, ref p1, ref q1);
            Column(w0, w1, a + 68, ref p2, ref q2);
            Column(w0, w1, a + 100, ref p3, ref q3);
            Weights(t + 160, out w0, out w1);
            Column(w0, w1, a + 8, ref p0, ref q0);
            Column(w0, w1, a + 40, ref p1, ref q1);
            Column(w0, w1, a + 72, ref p2, ref q2);
            Column(w0, w1, a + 104, ref p3, ref q3);
            Weights(t + 224, out w0, out w1);
            Column(w0, w1, a + 12, ref p0, ref q0);
            Column(w0, w1, a + 44, ref p1, ref q1);
            Column(w0, w1, a + 76, ref p2, ref q2);
            Column(w0, w1, a + 108, ref p3, ref q3);
            Weights(t + 288, out w0, out w1);
            Column(w0, w1, a + 16, ref p0, ref q0);
            Column(w0, w1, a + 48, ref p1, ref q1);
            Column(w0, w1, a + 80, ref p2, ref q2);
            Column(w0, w1, a + 112, ref p3, ref q3);
            Weights(t + 352, out w0, out w1);
            Column(w0, w1, a + 20, ref p0, ref q0);
            Column(w0, w1, a + 52, ref p1, ref q1);
            Column(w0, w1, a + 84, ref p2, ref q2);
            Column(w0, w1, a + 116, ref p3, ref q3);
            Weights(t + 416, out w0, out w1);
            Column(w0, w1, a + 24, ref p0, ref q0);
            Column(w0, w1, a + 56, ref p1, ref q1);
            Column(w0, w1, a + 88, ref p2, ref q2);
            Column(w0, w1, a + 120, ref p3, ref q3);
            Weights(t + 480, out w0, out w1);
            Column(w0, w1, a + 28, ref p0, ref q0);
            Column(w0, w1, a + 60, ref p1, ref q1);
            Column(w0, w1, a + 92, ref p2, ref q2);
            Column(w0, w1, a + 124, ref p3, ref q3);
            Vector256<float> d0 = Avx2Loads.Halves(t);
            Vector256<float> d1 = Avx2Loads.Halves(t + 16);
            Finish(p0, q0, d0, d1, d, sums);
            Finish(p1, q1, d0, d1, d + 1, sums + 16);
            Finish(p2, q2, d0, d1, d + 2, sums + 32);
            Finish(p3, q3, d0, d1, d + 3, sums + 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Offset(int* s) => Avx2.ShiftLeftLogical(Avx2.BroadcastScalarToVector256(s), 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Weights(byte* t, out Vector256<byte> w0, out Vector256<byte> w1)
    {
        Vector256<byte> bias = Vector256.Create((byte)0x80);
        w0 = Avx2.Xor(Avx.LoadVector256(t), bias);
        w1 = Avx2.Xor(Avx.LoadVector256(t + 32), bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(Vector256<byte> w0, Vector256<byte> w1, sbyte* a, ref Vector256<int> p, ref Vector256<int> q)
    {
        Vector256<sbyte> x = Avx2Loads.Four(a).AsSByte();
        p = AvxVnni.MultiplyWideningAndAdd(p, w0, x);
        q = AvxVnni.MultiplyWideningAndAdd(q, w1, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(Vector256<int> p, Vector256<int> q, Vector256<float> d0, Vector256<float> d1, float* d, float* sums)
    {
        Vector256<float> da = Avx2Loads.All(d);
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(p), Avx.Multiply(d0, da), Avx.LoadVector256(sums)).Store(sums);
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(q), Avx.Multiply(d1, da), Avx.LoadVector256(sums + 8)).Store(sums + 8);
    }
}
