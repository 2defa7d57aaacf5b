using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Q6_K with AVX-VNNI: the sum of 16 columns stays an int and is multiplied by its scale; one column alone stays with AVX2.</summary>
internal sealed unsafe class VnniQ6K : Avx2Q6K
{
    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        for (int b = firstBlock; b < endBlock; b++)
        {
            Expand(tile + ((long)b * StepBytes), scratch + ((b - firstBlock) * RoomBytes));
        }

        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            if (x.Width(p) != 1)
            {
                long at = (((long)p * blocks) + firstBlock) * 4;
                Four(scratch, endBlock - firstBlock, x.Bytes + (at * 256), x.Scales + at, x.Sums16 + (at * 16), sums);
            }
            else if (firstBlock == 0)
            {
                One(tile, blocks, x, p, sums);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* room, int blocks, sbyte* a, float* d, short* s, float* sums)
    {
        for (int b = 0; b < blocks; b++, room += RoomBytes, a += 1024, d += 4, s += 64)
        {
            for (int r = 0; r < 64; r += 32)
            {
                Vector256<int> i0 = default, i1 = default, i2 = default, i3 = default;
                byte* q = room + r;
                byte* scales = room + ScalesAt + r;
                sbyte* x = a;
                for (int g = 0; g < 16; g++, q += 256, scales += 64, x += 16)
                {
                    Vector256<int> p0 = default, p1 = default, p2 = default, p3 = default;
                    VnniStep.Four(Avx.LoadVector256(q), x, ref p0, ref p1, ref p2, ref p3);
                    VnniStep.Four(Avx.LoadVector256(q + 64), x + 4, ref p0, ref p1, ref p2, ref p3);
                    VnniStep.Four(Avx.LoadVector256(q + 128), x + 8, ref p0, ref p1, ref p2, ref p3);
                    VnniStep.Four(Avx.LoadVector256(q + 192), x + 12, ref p0, ref p1, ref p2, ref p3);
                    Vector256<int> scale = Avx2.ShiftRightArithmetic(Avx.LoadVector256((int*)scales), 16);
                    i0 = Avx2.Add(i0, Avx2.MultiplyLow(p0, scale));
                    i1 = Avx2.Add(i1, Avx2.MultiplyLow(p1, scale));
                    i2 = Avx2.Add(i2, Avx2.MultiplyLow(p2, scale));
                    i3 = Avx2.Add(i3, Avx2.MultiplyLow(p3, scale));
                }

                Vector256<float> scaleD = Avx.LoadVector256((float*)(room + DAt + r));
                Finish(i0, room + PairsAt + r, scaleD, d, s, sums + (r / 4));
                Finish(i1, room + PairsAt + r, scaleD, d + 1, s + 16, sums + 16 + (r / 4));
                Finish(i2, room + PairsAt + r, scaleD, d + 2, s + 32, sums + 32 + (r / 4));
                Finish(i3, room + PairsAt + r, scaleD, d + 3, s + 48, sums + 48 + (r / 4));
            }
        }
    }
}
