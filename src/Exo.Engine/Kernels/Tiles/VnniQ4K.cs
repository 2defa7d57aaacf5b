using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Q4_K with AVX-VNNI: a sub-block's sum stays an int and is multiplied by its scale; one column alone stays with AVX2.</summary>
internal sealed unsafe class VnniQ4K : Avx2Q4K
{
    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        if (endPanel - firstPanel == 1 && x.Width(firstPanel) == 1)
        {
            base.Many(tile, blocks, firstBlock, endBlock, x, firstPanel, endPanel, sums, scratch);
            return;
        }

        for (int b = firstBlock; b < endBlock; b++)
        {
            byte* room = scratch + ((b - firstBlock) * (CodeBytes + SideBytes));
            Expand(tile + ((long)b * StepBytes), room);
            Sides(tile + ((long)b * StepBytes), room + CodeBytes);
        }

        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            if (x.Width(p) != 1)
            {
                long at = (((long)p * blocks) + firstBlock) * 4;
                Four(scratch, endBlock - firstBlock, x.Bytes + (at * 256), x.Scales + at, x.Sums + (at * 4), sums);
            }
            else if (firstBlock == 0)
            {
                One(tile, blocks, x, p, sums);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* room, int blocks, sbyte* a, float* d, int* s, float* sums)
    {
        int* totals = stackalloc int[64 + 8];
        totals = (int*)(((nint)totals + 31) & ~31);
        for (int b = 0; b < blocks; b++, d += 4, s += 16, a += 1024, room += CodeBytes + SideBytes)
        {
            for (int r = 0; r < 2; r++)
            {
                Vector256<int> i0 = default, i1 = default, i2 = default, i3 = default;
                byte* q = room + (r * 32);
                byte* scales = room + CodeBytes + (r * 32);
                sbyte* x = a;
                for (int j = 0; j < 8; j++, q += 512, scales += 64, x += 32)
                {
                    Vector256<int> p0 = default, p1 = default, p2 = default, p3 = default;
                    Quad(q, x, ref p0, ref p1, ref p2, ref p3);
                    Quad(q + 256, x + 16, ref p0, ref p1, ref p2, ref p3);
                    Vector256<int> scale = Avx2.ShiftRightLogical(Avx.LoadVector256((int*)scales), 16);
                    i0 = Avx2.Add(i0, Avx2.MultiplyLow(p0, scale));
                    i1 = Avx2.Add(i1, Avx2.MultiplyLow(p1, scale));
                    i2 = Avx2.Add(i2, Avx2.MultiplyLow(p2, scale));
                    i3 = Avx2.Add(i3, Avx2.MultiplyLow(p3, scale));
                }

                i0.Store(totals + (r * 8));
                i1.Store(totals + 16 + (r * 8));
                i2.Store(totals + 32 + (r * 8));
                i3.Store(totals + 48 + (r * 8));
            }

            Finish(room + CodeBytes + 512, d, s, totals, sums);
        }
    }

    /// <summary>Four words of eight rows times 16 activations of four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(byte* q, sbyte* x, ref Vector256<int> p0, ref Vector256<int> p1, ref Vector256<int> p2, ref Vector256<int> p3)
    {
        VnniStep.Four(Avx.LoadVector256(q), x, ref p0, ref p1, ref p2, ref p3);
        VnniStep.Four(Avx.LoadVector256(q + 64), x + 4, ref p0, ref p1, ref p2, ref p3);
        VnniStep.Four(Avx.LoadVector256(q + 128), x + 8, ref p0, ref p1, ref p2, ref p3);
        VnniStep.Four(Avx.LoadVector256(q + 192), x + 12, ref p0, ref p1, ref p2, ref p3);
    }
}
