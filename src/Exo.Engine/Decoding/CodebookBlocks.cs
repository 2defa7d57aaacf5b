using System.Numerics;

namespace Exo.Engine.Decoding;

/// <summary>
/// Blocks of 256 weights whose values are points of a codebook (ggml's block_iq1_s .. block_iq3_s), decoded. Each point gives eight or four
/// neighbours; in the two- and three-bit formats their signs stand apart.
/// </summary>
internal static unsafe class CodebookBlocks
{
    private const float Shift = 0.125f; // what IQ1 adds to or takes from each -1, 0, 1

    /// <summary>f16 d, 32 bytes of point numbers, 8 words: three upper bits for each of four points, a 3-bit scale, the shift's sign.</summary>
    public static void Iq1S(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int g = 0; g < 8; g++)
        {
            int high = ((ushort*)(block + 34))[g];
            float scale = d * ((2 * ((high >> 12) & 7)) + 1);
            float shift = (high & 0x8000) != 0 ? -Shift : Shift;
            for (int l = 0; l < 4; l++, y += 8)
            {
                Shifted(block[2 + (g * 4) + l] | (((high >> (3 * l)) & 7) << 8), scale, shift, y);
            }
        }
    }

    /// <summary>32 bytes of point numbers, 16 of upper bits and shift signs (a nibble a point), four words: four 3-bit scales each and a quarter of the f16 d.</summary>
    public static void Iq1M(byte* block, float* y)
    {
        ushort* words = (ushort*)(block + 48);
        float d = HalfBits.ToSingle((ushort)((words[0] >> 12) | ((words[1] >> 8) & 0x00f0) | ((words[2] >> 4) & 0x0f00) | (words[3] & 0xf000)));
        for (int point = 0; point < 32; point++, y += 8)
        {
            int nibble = block[32 + (point / 2)] >> (point % 2 * 4);
            int scale = (words[point / 8] >> (point % 8 / 2 * 3)) & 7;
            Shifted(block[point] | ((nibble & 7) << 8), d * ((2 * scale) + 1), (nibble & 8) != 0 ? -Shift : Shift, y);
        }
    }

    /// <summary>f16 d; for each 32 weights four point numbers and a word: four 7-bit signs, a 4-bit scale.</summary>
    public static void Iq2Xxs(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int g = 0; g < 8; g++)
        {
            byte* points = block + 2 + (g * 8);
            uint word = *(uint*)(points + 4);
            float scale = d * (0.5f + (word >> 28)) * 0.25f;
            for (int l = 0; l < 4; l++, y += 8)
            {
                Signed(CodebookGrids.Two256 + (points[l] * 8), 8, scale, Signs((int)(word >> (7 * l)) & 127), y);
            }
        }
    }

    /// <summary>f16 d, 32 words of a 9-bit point number and 7-bit signs, 8 bytes: a 4-bit scale for each 16 weights.</summary>
    public static void Iq2Xs(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int point = 0; point < 32; point++, y += 8)
        {
            int word = *(ushort*)(block + 2 + (point * 2));
            Signed(CodebookGrids.Two512 + ((word & 511) * 8), 8, Quarter(d, block[66 + (point / 4)], point), Signs(word >> 9), y);
        }
    }

    /// <summary>f16 d, 32 bytes of point numbers, 32 of signs, 8 of upper bits, 8 of 4-bit scales.</summary>
    public static void Iq2S(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int point = 0; point < 32; point++, y += 8)
        {
            int high = (block[66 + (point / 4)] >> (point % 4 * 2)) & 3;
            Signed(CodebookGrids.Two1024 + ((block[2 + point] | (high << 8)) * 8), 8, Quarter(d, block[74 + (point / 4)], point), block[34 + point], y);
        }
    }

    /// <summary>f16 d, 64 bytes of point numbers, 8 words: four 7-bit signs, a 4-bit scale.</summary>
    public static void Iq3Xxs(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int pair = 0; pair < 32; pair++, y += 8)
        {
            uint word = *(uint*)(block + 66 + (pair / 4 * 4));
            float scale = d * (0.5f + (word >> 28)) * 0.5f;
            int signs = Signs((int)(word >> (pair % 4 * 7)) & 127);
            Signed(CodebookGrids.Three256 + (block[2 + (pair * 2)] * 4), 4, scale, signs, y);
            Signed(CodebookGrids.Three256 + (block[3 + (pair * 2)] * 4), 4, scale, signs >> 4, y + 4);
        }
    }

    /// <summary>f16 d, 64 bytes of point numbers, 8 of upper bits, 32 of signs, 4 of 4-bit scales.</summary>
    public static void Iq3S(byte* block, float* y)
    {
        float d = HalfBits.ToSingle(*(ushort*)block);
        for (int pair = 0; pair < 32; pair++, y += 8)
        {
            int group = pair / 4;
            float scale = d * (1 + (2 * ((block[106 + (group / 2)] >> (group % 2 * 4)) & 15)));
            int high = block[66 + group] >> (pair % 4 * 2);
            int signs = block[74 + pair];
            Signed(CodebookGrids.Three512 + ((block[2 + (pair * 2)] | ((high & 1) << 8)) * 4), 4, scale, signs, y);
            Signed(CodebookGrids.Three512 + ((block[3 + (pair * 2)] | ((high & 2) << 7)) * 4), 4, scale, signs >> 4, y + 4);
        }
    }

    private static float Quarter(float d, byte scales, int point) => d * (0.5f + ((scales >> (point % 4 / 2 * 4)) & 15)) * 0.25f;

    /// <summary>Eight signs out of seven: their number is always even.</summary>
    private static int Signs(int seven) => seven | ((BitOperations.PopCount((uint)seven) & 1) << 7);

    private static void Signed(sbyte* point, int count, float scale, int signs, float* y)
    {
        for (int i = 0; i < count; i++)
        {
            float magnitude = scale * point[i];
            y[i] = ((signs >> i) & 1) != 0 ? -magnitude : magnitude;
        }
    }

    private static void Shifted(int point, float scale, float shift, float* y)
    {
        sbyte* values = CodebookGrids.Ternary + (point * 8);
        for (int i = 0; i < 8; i++)
        {
            y[i] = scale * (values[i] + shift);
        }
    }
}
