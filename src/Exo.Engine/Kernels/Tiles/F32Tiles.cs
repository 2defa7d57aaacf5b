using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>acc = fma(w, x, acc), k ascending.</summary>
internal sealed unsafe class ScalarF32 : ScalarTileKernel
{
    public override TensorType Type => TensorType.F32;

    public override int BlockColumns => 2;

    public override int BlockBytes => 8;

    public override int ActivationGroup => 0;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int k = 0; k < blocks * 2; k++)
        {
            sum = MathF.FusedMultiplyAdd(((float*)row)[k], FloatAt(x, column, k), sum);
        }

        return sum;
    }
}

/// <summary>Tile: per column, 16 f32. A lane owns an output row.</summary>
internal sealed unsafe class Avx2F32 : TileKernel
{
    private const int StepBytes = 128;

    public override TensorType Type => TensorType.F32;

    public override int BlockColumns => 2;

    public override int BlockBytes => 8;

    public override int ActivationGroup => 0;

    public override int RangeColumns => 512;

    public override void Pack(byte* rows, int blocks, byte* tile) => Words(rows, (long)blocks * BlockBytes, blocks * BlockBytes / 4, tile);

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y) =>
        One(tile, blocks, x.Floats + ((long)panel * 4 * x.Columns), y);

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            float* panel = x.Floats + ((long)p * 4 * x.Columns);
            if (x.Width(p) == 1)
            {
                if (firstBlock == 0)
                {
                    One(tile, blocks, panel, sums);
                }
            }
            else
            {
                Four(tile + ((long)firstBlock * StepBytes), endBlock - firstBlock, panel + ((long)firstBlock * 8), sums, p == firstPanel ? Avx2Loads.Ahead : 0);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* t, int blocks, float* x, float* y)
    {
        Vector256<float> a0 = Vector256<float>.Zero;
        Vector256<float> a1 = Vector256<float>.Zero;
        for (int b = 0; b < blocks; b++, t += StepBytes, x += 2)
        {
            Vector256<float> e0 = Avx.LoadVector256((float*)t);
            Vector256<float> e1 = Avx.LoadVector256((float*)t + 8);
            Vector256<float> o0 = Avx.LoadVector256((float*)t + 16);
            Vector256<float> o1 = Avx.LoadVector256((float*)t + 24);
            Vector256<float> xe = Avx2Loads.All(x);
            Vector256<float> xo = Avx2Loads.All(x + 1);
            a0 = Fma.MultiplyAdd(e0, xe, a0);
            a1 = Fma.MultiplyAdd(e1, xe, a1);
            a0 = Fma.MultiplyAdd(o0, xo, a0);
            a1 = Fma.MultiplyAdd(o1, xo, a1);
        }

        a0.Store(y);
        a1.Store(y + 8);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Four(byte* t, int blocks, float* x, float* sums, int ahead)
    {
        Vector256<float> p0 = Avx.LoadVector256(sums), q0 = Avx.LoadVector256(sums + 8), p1 = Avx.LoadVector256(sums + 16), q1 = Avx.LoadVector256(sums + 24);
        Vector256<float> p2 = Avx.LoadVector256(sums + 32), q2 = Avx.LoadVector256(sums + 40), p3 = Avx.LoadVector256(sums + 48), q3 = Avx.LoadVector256(sums + 56);
        for (int b = 0; b < blocks; b++, t += StepBytes, x += 8)
        {
            if (ahead != 0)
            {
                Sse.Prefetch0(t + ahead);
                Sse.Prefetch0(t + ahead + 64);
            }

            Vector256<float> e0 = Avx.LoadVector256((float*)t);
            Vector256<float> e1 = Avx.LoadVector256((float*)t + 8);
            Vector256<float> o0 = Avx.LoadVector256((float*)t + 16);
            Vector256<float> o1 = Avx.LoadVector256((float*)t + 24);
            Step(e0, e1, x, ref p0, ref q0);
            Step(e0, e1, x + 1, ref p1, ref q1);
            Step(e0, e1, x + 2, ref p2, ref q2);
            Step(e0, e1, x + 3, ref p3, ref q3);
            Step(o0, o1, x + 4, ref p0, ref q0);
            Step(o0, o1, x + 5, ref p1, ref q1);
            Step(o0, o1, x + 6, ref p2, ref q2);
            Step(o0, o1, x + 7, ref p3, ref q3);
        }

        p0.Store(sums);
        q0.Store(sums + 8);
        p1.Store(sums + 16);
        q1.Store(sums + 24);
        p2.Store(sums + 32);
        q2.Store(sums + 40);
        p3.Store(sums + 48);
        q3.Store(sums + 56);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Vector256<float> w0, Vector256<float> w1, float* x, ref Vector256<float> p, ref Vector256<float> q)
    {
        Vector256<float> v = Avx2Loads.All(x);
        p = Fma.MultiplyAdd(w0, v, p);
        q = Fma.MultiplyAdd(w1, v, q);
    }
}
