using System.Runtime.Intrinsics;

namespace Exo.Engine.Decoding;

/// <summary>Blocks whose four-bit codes stand for sixteen uneven levels (ggml's block_iq4_nl, block_iq4_xs, block_mxfp4, block_nvfp4), decoded.</summary>
internal static unsafe class LevelBlocks
{
    /// <summary>Levels of IQ4_NL and IQ4_XS.</summary>
    public static ReadOnlySpan<sbyte> Uneven => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Twice the values of a four-bit float (E2M1, OCP Microscaling Formats 1.0).</summary>
    public static ReadOnlySpan<sbyte> TwiceE2M1 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>32 weights: f16 d, 16 bytes: low nibbles 0..15, high ones 16..31.</summary>
    public static void Iq4Nl(byte* block, float* y) => Nibbles(block + 2, 16, HalfBits.ToSingle(*(ushort*)block), Uneven, y);

    /// <summary>256 weights: f16 d, a word of upper scale bits, 4 bytes of lower ones, for each 32 weights 16 bytes of nibbles.</summary>
    public static void Iq4Xs(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int g = 0; g < 8; g++)
        {
            Nibbles(block + 8 + (g * 16), 16, d * (Iq4Scale(block, g) - 32), Uneven, y + (g * 32));
        }
    }

    /// <summary>The 6-bit scale of 32 weights of IQ4_XS.</summary>
    public static int Iq4Scale(byte* block, int g) =>
        ((block[4 + (g / 2)] >> (g % 2 * 4)) & 15) | (((*(ushort*)(block + 2) >> (g * 2)) & 3) << 4);

    /// <summary>32 weights: a power of two, 16 bytes of nibbles.</summary>
    public static void Mxfp4(byte* block, float* y) => Nibbles(block + 1, 16, HalfPower(*block), TwiceE2M1, y);

    /// <summary>64 weights: four E4M3 scales, for each 16 weights 8 bytes of nibbles.</summary>
    public static void Nvfp4(byte* block, float* y)
    {
        for (int g = 0; g < 4; g++)
        {
            // A scale has no sign. ggml reads one code of NaN as 0 and the other one as a number.
            float scale = block[g] switch { 0x7f => 0, 0xff => 240, _ => SmallFloats.E4M3(block[g] & 0x7f) * 0.5f };
            Nibbles(block + 4 + (g * 8), 8, scale, TwiceE2M1, y + (g * 16));
        }
    }

    /// <summary>2^(code − 128): half of the scale, for levels that are twice the values.</summary>
    public static float HalfPower(byte code) => BitConverter.Int32BitsToSingle(code < 2 ? 0x00200000 << code : (code - 1) << 23);

    private static void Nibbles(byte* bytes, int count, float scale, ReadOnlySpan<sbyte> levels, float* y)
    {
        for (int i = 0; CodeVectors.IsSupported && i < count; i += 8)
        {
            Vector128<sbyte> all = Vector128.Create(levels);
            CodeVectors.Store(CodeVectors.Levels(bytes + i, 0, all), scale, y + i);
            CodeVectors.Store(CodeVectors.Levels(bytes + i, 4, all), scale, y + count + i);
        }

        for (int i = 0; !CodeVectors.IsSupported && i < count; i++)
        {
            y[i] = levels[bytes[i] & 15] * scale;
            y[i + count] = levels[bytes[i] >> 4] * scale;
        }
    }
}
