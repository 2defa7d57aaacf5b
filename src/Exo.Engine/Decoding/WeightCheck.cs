using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>Finds weights that are not finite, before they reach a kernel: the kernels' f16 conversion reads an infinity as 65536.</summary>
internal static unsafe class WeightCheck
{
    /// <summary>Whether all numbers of a stored row, or its blocks' scales, are finite. True for formats that hold no floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool IsFinite(TensorType type, byte* row, int columns) => type switch
    {
        TensorType.F32 => Words(row, columns, 0x7f800000),
        TensorType.F16 => Halves(row, columns, 0x7c00),
        TensorType.BF16 => Halves(row, columns, 0x7f80),
        TensorType.Q4_0 or TensorType.Q5_0 or TensorType.Q8_0 => Scales(type, row, columns, 0, 0),
        TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4_K or TensorType.Q5_K => Scales(type, row, columns, 0, 2),
        TensorType.Q2_K => Scales(type, row, columns, 80, 82),
        TensorType.Q3_K => Scales(type, row, columns, 108, 108),
        TensorType.Q6_K => Scales(type, row, columns, 208, 208),
        TensorType.IQ2_XXS or TensorType.IQ2_XS or TensorType.IQ2_S or TensorType.IQ3_XXS or TensorType.IQ3_S or TensorType.IQ1_S or TensorType.IQ4_NL or TensorType.IQ4_XS
            or TensorType.Q1_0 or TensorType.Q2_0 => Scales(type, row, columns, 0, 0),
        TensorType.TQ1_0 => Scales(type, row, columns, 52, 52),
        TensorType.TQ2_0 => Scales(type, row, columns, 64, 64),
        TensorType.IQ1_M => ScatteredScales(row, columns),
        TensorType.MXFP4 => Powers(row, columns),
        _ => true,
    };

    /// <summary>IQ1_M: the exponent of the scale lies in the upper bits of the last two of four words.</summary>
    private static bool ScatteredScales(byte* row, int columns)
    {
        bool finite = true;
        for (int k = 0; k < columns; k += 256, row += 56)
        {
            ushort* words = (ushort*)(row + 48);
            finite &= (((words[2] >> 4) & 0x0c00) | (words[3] & 0x7000)) != 0x7c00;
        }

        return finite;
    }

    /// <summary>MXFP4: six times the power has to be a number.</summary>
    private static bool Powers(byte* row, int columns)
    {
        const int Largest = 252;
        bool finite = true;
        for (int k = 0; k < columns; k += 32, row += 17)
        {
            finite &= *row <= Largest;
        }

        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Words(byte* row, int count, int exponent)
    {
        int* p = (int*)row;
        int i = 0;
        Vector256<int> mask = Vector256.Create(exponent);
        Vector256<int> bad = Vector256<int>.Zero;
        for (; i <= count - 8; i += 8)
        {
            bad |= Vector256.Equals(Vector256.Load(p + i) & mask, mask);
        }

        bool finite = bad == Vector256<int>.Zero;
        for (; i < count; i++)
        {
            finite &= (p[i] & exponent) != exponent;
        }

        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Halves(byte* row, int count, ushort exponent)
    {
        ushort* p = (ushort*)row;
        int i = 0;
        Vector256<ushort> mask = Vector256.Create(exponent);
        Vector256<ushort> bad = Vector256<ushort>.Zero;
        for (; i <= count - 16; i += 16)
        {
            bad |= Vector256.Equals(Vector256.Load(p + i) & mask, mask);
        }

        bool finite = bad == Vector256<ushort>.Zero;
        for (; i < count; i++)
        {
            finite &= (p[i] & exponent) != exponent;
        }

        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Scales(TensorType type, byte* row, int columns, int first, int second)
    {
        type.TryBlock(out int elements, out int bytes);
        bool finite = true;
        for (int k = 0; k < columns; k += elements, row += bytes)
        {
            finite &= (*(ushort*)(row + first) & 0x7c00) != 0x7c00 && (*(ushort*)(row + second) & 0x7c00) != 0x7c00;
        }

        return finite;
    }
}
