using System.Runtime.Intrinsics;

namespace Exo.Engine.Decoding;

/// <summary>Super-blocks of 256 weights of GGUF files (ggml's block_q2_K .. block_q6_K), decoded.</summary>
internal static unsafe class Blocks256
{
    /// <summary>The 6-bit scale and minimum of sub-block j of Q4_K and Q5_K, out of 12 packed bytes.</summary>
    public static (int Scale, int Min) ScaleMin(byte* s, int j) => j < 4
        ? (s[j] & 63, s[j + 4] & 63)
        : ((s[j + 4] & 15) | (s[j - 4] >> 6 << 4), (s[j + 4] >> 4) | (s[j] >> 6 << 4));

    /// <summary>16 bytes of a 4-bit scale (low) and minimum (high) per 16 weights, 64 bytes of 2-bit codes, f16 d, f16 dmin.</summary>
    public static void Q2K(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)(block + 80));
        float min = HalfBits.ToSingle(*(ushort*)(block + 82));
        for (int g = 0; g < 16; g++)
        {
            float scale = d * (block[g] & 15);
            float offset = min * (block[g] >> 4);
            byte* q = block + 16 + (g / 8 * 32) + (g % 2 * 16);
            int shift = g % 8 / 2 * 2;
            for (int i = 0; CodeVectors.IsSupported && i < 16; i += 8)
            {
                CodeVectors.Store(CodeVectors.Bits(q + i, shift, 3), scale, -offset, y + (g * 16) + i);
            }

            for (int i = 0; !CodeVectors.IsSupported && i < 16; i++)
            {
                y[(g * 16) + i] = (scale * ((q[i] >> shift) & 3)) - offset;
            }
        }
    }

    /// <summary>32 bytes of third bits, 64 bytes of 2-bit codes, 16 6-bit scales in 12 bytes, f16 d.</summary>
    public static void Q3K(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)(block + 108));
        byte* packed = block + 96;
        for (int g = 0; g < 16; g++)
        {
            int low = g < 8 ? packed[g] & 15 : packed[g - 8] >> 4;
            int high = (packed[8 + (g % 4)] >> (g / 4 * 2)) & 3;
            float scale = d * ((low | (high << 4)) - 32);
            byte* q = block + 32 + (g / 8 * 32) + (g % 2 * 16);
            byte* h = block + (g % 2 * 16);
            int shift = g % 8 / 2 * 2;
            int bit = g / 2;
            for (int i = 0; CodeVectors.IsSupported && i < 16; i += 8)
            {
                CodeVectors.Store(CodeVectors.Bits(q + i, shift, 3) + (CodeVectors.Bits(h + i, bit, 1) * 4) - Vector256.Create(4), scale, y + (g * 16) + i);
            }

            for (int i = 0; !CodeVectors.IsSupported && i < 16; i++)
            {
                y[(g * 16) + i] = scale * (((q[i] >> shift) & 3) - (((h[i] >> bit) & 1) != 0 ? 0 : 4));
            }
        }
    }

    /// <summary>f16 d, f16 dmin, 12 bytes of scales and minima, 128 bytes of nibbles: 32 bytes hold sub-blocks 2j (low) and 2j + 1 (high).</summary>
    public static void Q4K(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        float min = HalfBits.ToSingle(*(ushort*)(block + 2));
        for (int j = 0; j < 8; j++)
        {
            (int sc, int m) = ScaleMin(block + 4, j);
            float scale = d * sc;
            float offset = min * m;
            byte* q = block + 16 + (j / 2 * 32);
            int shift = (j & 1) * 4;
            for (int i = 0; CodeVectors.IsSupported && i < 32; i += 8)
            {
                CodeVectors.Store(CodeVectors.Bits(q + i, shift, 15), scale, -offset, y + (j * 32) + i);
            }

            for (int i = 0; !CodeVectors.IsSupported && i < 32; i++)
            {
                y[(j * 32) + i] = (scale * ((q[i] >> shift) & 15)) - offset;
            }
        }
    }

    /// <summary>As Q4_K with 32 bytes of fifth bits (bit j: sub-block j) before the nibbles.</summary>
    public static void Q5K(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        float min = HalfBits.ToSingle(*(ushort*)(block + 2));
        for (int j = 0; j < 8; j++)
        {
            (int sc, int m) = ScaleMin(block + 4, j);
            float scale = d * sc;
            float offset = min * m;
            byte* h = block + 16;
            byte* q = block + 48 + (j / 2 * 32);
            int shift = (j & 1) * 4;
            for (int i = 0; CodeVectors.IsSupported && i < 32; i += 8)
            {
                CodeVectors.Store(CodeVectors.Bits(q + i, shift, 15) | (CodeVectors.Bits(h + i, j, 1) * 16), scale, -offset, y + (j * 32) + i);
            }

            for (int i = 0; !CodeVectors.IsSupported && i < 32; i++)
            {
                y[(j * 32) + i] = (scale * (((q[i] >> shift) & 15) | (((h[i] >> j) & 1) << 4))) - offset;
            }
        }
    }

    /// <summary>128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed scales, f16 d; value = d · scale · (q − 32).</summary>
    public static void Q6K(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)(block + 208));
        for (int k = 0; k < 256; k++)
        {
            y[k] = d * (sbyte)block[192 + (k / 16)] * (Q6Code(block, k) - 32);
        }
    }

    /// <summary>The 6-bit code of weight k: halves of 128; in a half, quarter c of 32 takes nibbles of ql and bit pair c of qh.</summary>
    public static int Q6Code(byte* block, int k)
    {
        int half = k / 128;
        int quarter = k % 128 / 32;
        int i = k % 32;
        int low = block[(half * 64) + (quarter % 2 * 32) + i] >> (quarter / 2 * 4);
        int high = block[128 + (half * 32) + i] >> (quarter * 2);
        return (low & 15) | ((high & 3) << 4);
    }
}
