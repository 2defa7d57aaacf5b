using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Formats whose codes are points of a codebook (CodebookBlocks). Packed: the 16 rows' blocks as the file has them. A row's points are looked up eight
/// codes at a time; signs and the turn into words of the 16 rows are done by vectors.
/// </summary>
internal abstract unsafe class CodebookCodes(TensorType type, int blockBytes) : Codes256(type, blockBytes)
{
    private static readonly byte* s_evenSigns = EvenSigns();

    private static readonly ulong* s_eighths = Eighths();

    public override bool IsSigned => Offset == 0;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        ulong* points = stackalloc ulong[32];
        uint* signs = stackalloc uint[8];
        new Span<uint>(signs, 8).Clear();
        float d = Row(block, points, signs, (uint*)scales);
        for (int k = 0; k < 256; k++)
        {
            int code = ((sbyte*)points)[k] - Offset;
            codes[k] = (sbyte)(((signs[k / 32] >> (k % 32)) & 1) != 0 ? -code : code);
        }

        dmin = 0;
        return d;
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        for (int r = 0; r < TileKernel.Rows; r++)
        {
            Buffer.MemoryCopy(rows + (r * stride), step + (r * BlockBytes), BlockBytes, BlockBytes);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        byte* lines = stackalloc byte[(TileKernel.Rows * 256) + 64];
        lines = (byte*)(((nint)lines + 63) & ~63);
        uint* signs = stackalloc uint[TileKernel.Rows * 8];
        uint* scales = stackalloc uint[TileKernel.Rows * 4];
        for (int r = 0; r < TileKernel.Rows; r++, step += BlockBytes)
        {
            ((float*)(room + FactorsAt))[r] = Row(step, (ulong*)(lines + (r * 256)), signs + (r * 8), scales + (r * 4));
        }

        for (int r = 0; r < TileKernel.Rows; r++)
        {
            uint* to = (uint*)(room + ScalesAt) + r;
            for (int w = 0; w < 4; w++)
            {
                to[w * TileKernel.Rows] = scales[(r * 4) + w];
            }
        }

        if (IsSigned)
        {
            Sign(lines, signs);
        }

        for (int i = 0; i < 64; i += 8)
        {
            DecodedTiles.Square((float*)lines + i, 64, (float*)room + (i * TileKernel.Rows));
            DecodedTiles.Square((float*)lines + (8 * 64) + i, 64, (float*)room + (i * TileKernel.Rows) + 8);
        }
    }

    /// <summary>Looks up a row's block.</summary>
    /// <param name="block">The file's bytes.</param>
    /// <param name="points">Eight codes each. [32]</param>
    /// <param name="signs">A bit for each code that is negative; not written where codes have their signs. [8]</param>
    /// <param name="scales">Four in each word. [4]</param>
    /// <returns>d, times the power of two that makes the scales integers.</returns>
    protected abstract float Row(byte* block, ulong* points, uint* signs, uint* scales);

    /// <summary>Eight ternary codes, times eight, counted from 16, plus the shift; 2048 points further those that it is taken off.</summary>
    protected static ulong* Shifted => s_eighths;

    /// <summary>Seven signs and the eighth, which makes their number even.</summary>
    protected static byte* Even => s_evenSigns;

    /// <summary>Four times seven bits and their parities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static uint EvenSigns(byte* even, uint word) =>
        even[word & 127] | ((uint)even[(word >> 7) & 127] << 8) | ((uint)even[(word >> 14) & 127] << 16) | ((uint)even[(word >> 21) & 127] << 24);

    /// <summary>2 s + 1 for four scales of four bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static uint Odd(int s0, int s1, int s2, int s3) => (uint)((s0 << 1) | (s1 << 9) | (s2 << 17) | (s3 << 25)) + 0x01010101;

    /// <summary>16 scales in 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Nibbles(byte* packed, uint* scales)
    {
        for (int w = 0; w < 4; w++)
        {
            int both = ((ushort*)packed)[w];
            scales[w] = Odd(both & 15, (both >> 4) & 15, (both >> 8) & 15, both >> 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sign(byte* lines, uint* signs)
    {
        Vector256<byte> spread = Vector256.Create(0x0000000000000000UL, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303).AsByte();
        Vector256<byte> bits = Vector256.Create(0x8040201008040201UL).AsByte();
        for (int i = 0; i < TileKernel.Rows * 8; i++, lines += 32)
        {
            Vector256<byte> set = Avx2.Shuffle(Vector256.Create(signs[i]).AsByte(), spread) & bits;
            Vector256<byte> mask = Vector256.Equals(set, bits);
            ((Vector256.Load(lines) ^ mask) - mask).Store(lines);
        }
    }

    private static byte* EvenSigns()
    {
        byte* signs = (byte*)NativeMemory.Alloc(128);
        for (int seven = 0; seven < 128; seven++)
        {
            signs[seven] = (byte)(seven | ((BitOperations.PopCount((uint)seven) & 1) << 7));
        }

        return signs;
    }

    private static ulong* Eighths()
    {
        const int Count = 2048 * 8;
        byte* codes = (byte*)NativeMemory.Alloc(2 * Count);
        for (int i = 0; i < Count; i++)
        {
            codes[i] = (byte)((8 * CodebookGrids.Ternary[i]) + 17);
            codes[Count + i] = (byte)((8 * CodebookGrids.Ternary[i]) + 15);
        }

        return (ulong*)codes;
    }
}

/// <summary>IQ1_S (CodebookBlocks.Iq1S).</summary>
internal sealed unsafe class Iq1SCodes() : CodebookCodes(TensorType.IQ1_S, 50)
{
    public override int Offset => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        ulong* book = Shifted;
        ushort* words = (ushort*)(block + 34);
        for (int g = 0; g < 8; g++, points += 4)
        {
            int high = words[g];
            int minus = (high >> 4) & 0x800;
            uint numbers = *(uint*)(block + 2 + (g * 4));
            points[0] = book[(int)(numbers & 255) | ((high << 8) & 0x700) | minus];
            points[1] = book[(int)((numbers >> 8) & 255) | ((high << 5) & 0x700) | minus];
            points[2] = book[(int)((numbers >> 16) & 255) | ((high << 2) & 0x700) | minus];
            points[3] = book[(int)(numbers >> 24) | ((high >> 1) & 0x700) | minus];
        }

        for (int w = 0; w < 4; w++)
        {
            int first = (words[2 * w] >> 12) & 7;
            int second = (words[(2 * w) + 1] >> 12) & 7;
            scales[w] = Odd(first, first, second, second);
        }

        return HalfBits.ToSingle(*(ushort*)block) * 0.125f;
    }
}

/// <summary>IQ1_M (CodebookBlocks.Iq1M).</summary>
internal sealed unsafe class Iq1MCodes() : CodebookCodes(TensorType.IQ1_M, 56)
{
    public override int Offset => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        ulong* book = Shifted;
        ushort* words = (ushort*)(block + 48);
        for (int j = 0; j < 16; j++)
        {
            int both = block[32 + j];
            points[2 * j] = book[block[2 * j] | ((both & 15) << 8)];
            points[(2 * j) + 1] = book[block[(2 * j) + 1] | ((both & 0xf0) << 4)];
        }

        for (int w = 0; w < 4; w++)
        {
            int word = words[w];
            scales[w] = Odd(word & 7, (word >> 3) & 7, (word >> 6) & 7, (word >> 9) & 7);
        }

        return HalfBits.ToSingle((ushort)((words[0] >> 12) | ((words[1] >> 8) & 0x00f0) | ((words[2] >> 4) & 0x0f00) | (words[3] & 0xf000))) * 0.125f;
    }
}

/// <summary>IQ2_XXS (CodebookBlocks.Iq2Xxs).</summary>
internal sealed unsafe class Iq2XxsCodes() : CodebookCodes(TensorType.IQ2_XXS, 66)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        byte* even = Even;
        ulong* book = (ulong*)CodebookGrids.Two256;
        uint* words = (uint*)(block + 2);
        for (int g = 0; g < 8; g++, points += 4)
        {
            uint numbers = words[2 * g];
            points[0] = book[numbers & 255];
            points[1] = book[(numbers >> 8) & 255];
            points[2] = book[(numbers >> 16) & 255];
            points[3] = book[numbers >> 24];
            signs[g] = EvenSigns(even, words[(2 * g) + 1]);
        }

        for (int w = 0; w < 4; w++)
        {
            int first = (int)(words[(4 * w) + 1] >> 28);
            int second = (int)(words[(4 * w) + 3] >> 28);
            scales[w] = Odd(first, first, second, second);
        }

        return HalfBits.ToSingle(*(ushort*)block) * 0.125f;
    }
}

/// <summary>IQ2_XS (CodebookBlocks.Iq2Xs).</summary>
internal sealed unsafe class Iq2XsCodes() : CodebookCodes(TensorType.IQ2_XS, 74)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        byte* even = Even;
        ulong* book = (ulong*)CodebookGrids.Two512;
        ushort* words = (ushort*)(block + 2);
        for (int g = 0; g < 8; g++, points += 4, words += 4)
        {
            int w0 = words[0], w1 = words[1], w2 = words[2], w3 = words[3];
            points[0] = book[w0 & 511];
            points[1] = book[w1 & 511];
            points[2] = book[w2 & 511];
            points[3] = book[w3 & 511];
            signs[g] = EvenSigns(even, (uint)((w0 >> 9) | (w1 >> 9 << 7) | (w2 >> 9 << 14) | (w3 >> 9 << 21)));
        }

        Nibbles(block + 66, scales);
        return HalfBits.ToSingle(*(ushort*)block) * 0.125f;
    }
}

/// <summary>IQ2_S (CodebookBlocks.Iq2S).</summary>
internal sealed unsafe class Iq2SCodes() : CodebookCodes(TensorType.IQ2_S, 82)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        ulong* book = (ulong*)CodebookGrids.Two1024;
        for (int g = 0; g < 8; g++, points += 4)
        {
            int high = block[66 + g] << 8;
            uint numbers = *(uint*)(block + 2 + (4 * g));
            points[0] = book[(int)(numbers & 255) | (high & 0x300)];
            points[1] = book[(int)((numbers >> 8) & 255) | ((high >> 2) & 0x300)];
            points[2] = book[(int)((numbers >> 16) & 255) | ((high >> 4) & 0x300)];
            points[3] = book[(int)(numbers >> 24) | ((high >> 6) & 0x300)];
            signs[g] = *(uint*)(block + 34 + (4 * g));
        }

        Nibbles(block + 74, scales);
        return HalfBits.ToSingle(*(ushort*)block) * 0.125f;
    }
}

/// <summary>IQ3_XXS (CodebookBlocks.Iq3Xxs).</summary>
internal sealed unsafe class Iq3XxsCodes() : CodebookCodes(TensorType.IQ3_XXS, 98)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        byte* even = Even;
        uint* book = (uint*)CodebookGrids.Three256;
        uint* words = (uint*)(block + 66);
        for (int p = 0; p < 32; p += 2)
        {
            uint numbers = *(uint*)(block + 2 + (2 * p));
            points[p] = book[numbers & 255] | ((ulong)book[(numbers >> 8) & 255] << 32);
            points[p + 1] = book[(numbers >> 16) & 255] | ((ulong)book[numbers >> 24] << 32);
        }

        for (int w = 0; w < 4; w++)
        {
            uint first = words[2 * w];
            uint second = words[(2 * w) + 1];
            signs[2 * w] = EvenSigns(even, first);
            signs[(2 * w) + 1] = EvenSigns(even, second);
            scales[w] = Odd((int)(first >> 28), (int)(first >> 28), (int)(second >> 28), (int)(second >> 28));
        }

        return HalfBits.ToSingle(*(ushort*)block) * 0.25f;
    }
}

/// <summary>IQ3_S (CodebookBlocks.Iq3S).</summary>
internal sealed unsafe class Iq3SCodes() : CodebookCodes(TensorType.IQ3_S, 110)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float Row(byte* block, ulong* points, uint* signs, uint* scales)
    {
        uint* book = (uint*)CodebookGrids.Three512;
        for (int g = 0; g < 8; g++, points += 4)
        {
            byte* numbers = block + 2 + (g * 8);
            int high = block[66 + g];
            points[0] = book[numbers[0] | ((high << 8) & 0x100)] | ((ulong)book[numbers[1] | ((high << 7) & 0x100)] << 32);
            points[1] = book[numbers[2] | ((high << 6) & 0x100)] | ((ulong)book[numbers[3] | ((high << 5) & 0x100)] << 32);
            points[2] = book[numbers[4] | ((high << 4) & 0x100)] | ((ulong)book[numbers[5] | ((high << 3) & 0x100)] << 32);
            points[3] = book[numbers[6] | ((high << 2) & 0x100)] | ((ulong)book[numbers[7] | ((high << 1) & 0x100)] << 32);
            signs[g] = *(uint*)(block + 74 + (4 * g));
        }

        for (int w = 0; w < 4; w++)
        {
            int both = block[106 + w];
            scales[w] = Odd(both & 15, both & 15, both >> 4, both >> 4);
        }

        return HalfBits.ToSingle(*(ushort*)block);
    }
}
