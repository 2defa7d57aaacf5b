using System.Runtime.Intrinsics;

namespace Exo.Engine.Decoding;

/// <summary>Blocks of 32 weights of GGUF files (ggml's block_q4_0 .. block_q8_0), decoded.</summary>
internal static unsafe class Blocks32
{
    /// <summary>f16 d, 16 bytes: low nibbles 0..15, high ones 16..31.</summary>
    public static void Q40(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int i = 0; CodeVectors.IsSupported && i < 16; i += 8)
        {
            CodeVectors.Store(CodeVectors.Bits(block + 2 + i, 0, 15) - Vector256.Create(8), d, y + i);
            CodeVectors.Store(CodeVectors.Bits(block + 2 + i, 4, 15) - Vector256.Create(8), d, y + i + 16);
        }

        for (int i = 0; !CodeVectors.IsSupported && i < 16; i++)
        {
            y[i] = ((block[2 + i] & 15) - 8) * d;
            y[i + 16] = ((block[2 + i] >> 4) - 8) * d;
        }
    }

    /// <summary>f16 d, f16 m, 16 bytes of nibbles.</summary>
    public static void Q41(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        float m = HalfBits.ToSingle(*(ushort*)(block + 2));
        for (int i = 0; CodeVectors.IsSupported && i < 16; i += 8)
        {
            CodeVectors.Store(CodeVectors.Bits(block + 4 + i, 0, 15), d, m, y + i);
            CodeVectors.Store(CodeVectors.Bits(block + 4 + i, 4, 15), d, m, y + i + 16);
        }

        for (int i = 0; !CodeVectors.IsSupported && i < 16; i++)
        {
            y[i] = ((block[4 + i] & 15) * d) + m;
            y[i + 16] = ((block[4 + i] >> 4) * d) + m;
        }
    }

    /// <summary>f16 d, 32 fifth bits, 16 bytes of nibbles.</summary>
    public static void Q50(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        uint high = *(uint*)(block + 2);
        for (int i = 0; CodeVectors.IsSupported && i < 16; i += 8)
        {
            CodeVectors.Store((CodeVectors.Bits(block + 6 + i, 0, 15) | CodeVectors.Spread(high, i, 16)) - Vector256.Create(16), d, y + i);
            CodeVectors.Store((CodeVectors.Bits(block + 6 + i, 4, 15) | CodeVectors.Spread(high, i + 16, 16)) - Vector256.Create(16), d, y + i + 16);
        }

        for (int i = 0; !CodeVectors.IsSupported && i < 16; i++)
        {
            y[i] = (Low(block[6 + i], high, i) - 16) * d;
            y[i + 16] = (High(block[6 + i], high, i) - 16) * d;
        }
    }

    /// <summary>f16 d, f16 m, 32 fifth bits, 16 bytes of nibbles.</summary>
    public static void Q51(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        float m = HalfBits.ToSingle(*(ushort*)(block + 2));
        uint high = *(uint*)(block + 4);
        for (int i = 0; CodeVectors.IsSupported && i < 16; i += 8)
        {
            CodeVectors.Store(CodeVectors.Bits(block + 8 + i, 0, 15) | CodeVectors.Spread(high, i, 16), d, m, y + i);
            CodeVectors.Store(CodeVectors.Bits(block + 8 + i, 4, 15) | CodeVectors.Spread(high, i + 16, 16), d, m, y + i + 16);
        }

        for (int i = 0; !CodeVectors.IsSupported && i < 16; i++)
        {
            y[i] = (Low(block[8 + i], high, i) * d) + m;
            y[i + 16] = (High(block[8 + i], high, i) * d) + m;
        }
    }

    /// <summary>f16 d, 32 signed bytes.</summary>
    public static void Q80(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int i = 0; i < 32; i++)
        {
            y[i] = (sbyte)block[2 + i] * d;
        }
    }

    private static int Low(byte nibbles, uint high, int i) => (nibbles & 15) | (int)((high >> i) & 1) << 4;

    private static int High(byte nibbles, uint high, int i) => (nibbles >> 4) | (int)((high >> (i + 16)) & 1) << 4;
}
