using System.Runtime.Intrinsics;

namespace Exo.Engine.Decoding;

/// <summary>Blocks of one, two or three levels of equal distance (ggml's block_tq1_0, block_tq2_0, block_q1_0, block_q2_0), decoded.</summary>
internal static unsafe class FewBitBlocks
{
    /// <summary>256 weights of -1, 0, 1: 48 bytes of five base-3 digits, 4 bytes of four, f16 d. A byte is the fraction digits/243, rounded up, in 1/256.</summary>
    public static void Tq10(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)(block + 52));
        Digits(block, 32, 5, d, y);
        Digits(block + 32, 16, 5, d, y + 160);
        Digits(block + 48, 4, 4, d, y + 240);
    }

    /// <summary>256 weights of two bits, value d · (q − 1): 64 bytes, 32 of them hold 128 weights, then f16 d.</summary>
    public static void Tq20(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)(block + 64));
        for (int k = 0; CodeVectors.IsSupported && k < 256; k += 8)
        {
            CodeVectors.Store(CodeVectors.Bits(block + (k / 128 * 32) + (k % 32), k % 128 / 32 * 2, 3) - Vector256<int>.One, d, y + k);
        }

        for (int k = 0; !CodeVectors.IsSupported && k < 256; k++)
        {
            y[k] = (((block[(k / 128 * 32) + (k % 32)] >> (k % 128 / 32 * 2)) & 3) - 1) * d;
        }
    }

    /// <summary>128 weights: f16 d, a bit each: 1 is d, 0 is −d.</summary>
    public static void Q10(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int k = 0; CodeVectors.IsSupported && k < 128; k += 8)
        {
            CodeVectors.Store(CodeVectors.Spread(block[2 + (k / 8)], 0, 2) - Vector256<int>.One, d, y + k);
        }

        for (int k = 0; !CodeVectors.IsSupported && k < 128; k++)
        {
            y[k] = ((block[2 + (k / 8)] >> (k % 8)) & 1) != 0 ? d : -d;
        }
    }

    /// <summary>64 weights: f16 d, two bits each, value d · (q − 1).</summary>
    public static void Q20(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int k = 0; CodeVectors.IsSupported && k < 64; k += 8)
        {
            CodeVectors.Store(CodeVectors.Pairs(*(ushort*)(block + 2 + (k / 4))) - Vector256<int>.One, d, y + k);
        }

        for (int k = 0; !CodeVectors.IsSupported && k < 64; k++)
        {
            y[k] = (((block[2 + (k / 4)] >> (k % 4 * 2)) & 3) - 1) * d;
        }
    }

    private static void Digits(byte* bytes, int count, int digits, float d, float* y)
    {
        byte power = 1;
        for (int n = 0; n < digits; n++, power *= 3)
        {
            for (int i = 0; i < count; i++)
            {
                byte rest = (byte)(bytes[i] * power);
                *y++ = (((rest * 3) >> 8) - 1) * d;
            }
        }
    }
}
