using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Q4_0 with AVX-VNNI; one column alone is bound by memory and stays with AVX2.</summary>
internal sealed unsafe class VnniQ40 : Avx2Q40
{
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
    private static void Four(byte* t, int blocks, sbyte* a, float* d, int* s, float* sums, int ahead)
    {
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 128, d += 4, s += 4)
        {
            if (ahead != 0)
            {
                Prefetch(t + ahead);
            }

            Vector256<int> p0 = Offset(s), q0 = p0, p1 = Offset(s + 1), q1 = p1, p2 = Offset(s + 2), q2 = p2, p3 = Offset(s + 3), q3 = p3;
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
            Finish(p0, q0, d0, d1, d, sums);
            Finish(p1, q1, d0, d1, d + 1, sums + 16);
            Finish(p2, q2, d0, d1, d + 2, sums + 32);
            Finish(p3, q3, d0, d1, d + 3, sums + 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Offset(int* s) => Avx2.BroadcastScalarToVector256(s);

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
