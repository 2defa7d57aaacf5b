using System.Runtime.InteropServices;
using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>Fills panels of activations from the caller's rows.</summary>
internal static unsafe class Quantiser
{
    /// <summary>
    /// Fills the first panel of <paramref name="to"/> from rows of <paramref name="columns"/> floats; to.Columns may be one more (floats only: a zero).
    /// Returns a bit for each of the up to four rows that is not finite.
    /// </summary>
    public static int Panel(KernelSet kernels, float* x, int columns, in Activations to)
    {
        int rows = Math.Min(4, to.Count);
        int width = to.Width(0);
        return to.Group == 0 ? Interleave(x, columns, rows, width, to) : Quantise(kernels, x, rows, width, to);
    }

    private static int Quantise(KernelSet kernels, float* x, int rows, int width, in Activations to)
    {
        int groups = to.Groups;
        int faults = 0;
        for (int c = 0; c < width; c++)
        {
            if (c >= rows)
            {
                Zero(c, width, to);
                continue;
            }

            bool finite = true;
            float* row = x + ((long)c * to.Columns);
            for (int b = 0; b < groups; b++)
            {
                long i = ((long)b * width) + c;
                if (to.Group == 32)
                {
                    int sum = kernels.Quantise32(row + ((long)b * 32), to.Bytes + (i * 32), to.Scales + i);
                    finite &= sum != int.MinValue;
                    to.Sums[i] = -8 * sum;
                }
                else
                {
                    finite &= kernels.Quantise256(row + ((long)b * 256), to.Bytes + (i * 256), to.Scales + i, to.Sums16 + (i * 16), (short*)(to.Sums + (i * 4)));
                }
            }

            faults |= finite ? 0 : 1 << c;
        }

        return faults;
    }

    private static void Zero(int column, int width, in Activations to)
    {
        for (int b = 0; b < to.Groups; b++)
        {
            long i = ((long)b * width) + column;
            NativeMemory.Clear(to.Bytes + (i * to.Group), (nuint)to.Group);
            to.Scales[i] = 0;
            if (to.Group == 32)
            {
                to.Sums[i] = 0;
            }
            else
            {
                NativeMemory.Clear(to.Sums + (i * 4), 16);
                NativeMemory.Clear(to.Sums16 + (i * 16), 32);
            }
        }
    }

    private static int Interleave(float* x, int columns, int rows, int width, in Activations to)
    {
        int faults = 0;
        for (int c = 0; c < width; c++)
        {
            float* from = x + ((long)c * columns);
            float* target = to.Floats + c;
            int largest = 0;
            int filled = c < rows ? columns : 0;
            for (int k = 0; k < filled; k++)
            {
                float value = from[k];
                largest = Math.Max(largest, BitConverter.SingleToInt32Bits(value) & 0x7fffffff);
                target[(long)k * width] = value;
            }

            for (int k = filled; k < to.Columns; k++)
            {
                target[(long)k * width] = 0;
            }

            faults |= largest >= 0x7f800000 ? 1 << c : 0;
        }

        return faults;
    }
}
