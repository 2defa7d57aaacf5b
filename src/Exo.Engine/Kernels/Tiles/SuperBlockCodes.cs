using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Q2_K (Blocks256.Q2K). Packed: d, dmin, 4 words of scales and minima, 16 words of codes.</summary>
internal sealed unsafe class Q2KCodes() : Codes256(TensorType.Q2_K, 84)
{
    public override bool HasMinima => true;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        for (int k = 0; k < 256; k++)
        {
            codes[k] = (sbyte)((block[16 + (k / 128 * 32) + (k % 32)] >> (k % 128 / 32 * 2)) & 3);
        }

        for (int j = 0; j < 16; j++)
        {
            scales[j] = (sbyte)(block[j] & 15);
            minima[j] = (byte)(block[j] >> 4);
        }

        dmin = HalfBits.ToSingle(*(ushort*)(block + 82));
        return HalfBits.ToSingle(*(ushort*)(block + 80));
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows + 80, stride, step);
        TileKernel.Halves(rows + 82, stride, step + 32);
        TileKernel.Words(rows, stride, 20, step + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        Vector256<byte> three = Vector256.Create((byte)3);
        Vector256<byte> low = Vector256.Create((byte)15);
        for (int i = 0; i < 256; i += 32)
        {
            Vector256<byte> both = Avx.LoadVector256(step + 64 + i);
            (both & low).Store(room + ScalesAt + i);
            (CodeWords.Right(both, 4) & low).Store(room + MinimaAt + i);
        }

        byte* q = step + 320;
        for (int i = 0; i < 1024; i += 32)
        {
            Vector256<byte> v = Avx.LoadVector256(q + i);
            byte* to = room + (i / 512 * 2048) + (i % 512);
            (v & three).Store(to);
            (CodeWords.Right(v, 2) & three).Store(to + 512);
            (CodeWords.Right(v, 4) & three).Store(to + 1024);
            (CodeWords.Right(v, 6) & three).Store(to + 1536);
        }

        CodeWords.Factors(step, room + FactorsAt);
        CodeWords.Factors(step + 32, room + MinimumFactorsAt);
    }
}

/// <summary>Q3_K (Blocks256.Q3K). Packed: d, 8 words of third bits, 16 of lower bits, 3 of scales. Codes count from 4.</summary>
internal sealed unsafe class Q3KCodes() : Codes256(TensorType.Q3_K, 110)
{
    public override int Offset => 4;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        for (int k = 0; k < 256; k++)
        {
            int low = (block[32 + (k / 128 * 32) + (k % 32)] >> (k % 128 / 32 * 2)) & 3;
            codes[k] = (sbyte)(low + (((block[k % 32] >> (k / 32)) & 1) * 4) - 4);
        }

        byte* packed = block + 96;
        for (int j = 0; j < 16; j++)
        {
            int low = j < 8 ? packed[j] & 15 : packed[j - 8] >> 4;
            scales[j] = (sbyte)((low | (((packed[8 + (j % 4)] >> (j / 4 * 2)) & 3) << 4)) - 32);
        }

        dmin = 0;
        return HalfBits.ToSingle(*(ushort*)(block + 108));
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows + 108, stride, step);
        TileKernel.Words(rows, stride, 27, step + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        Vector256<byte> three = Vector256.Create((byte)3);
        Vector256<byte> four = Vector256.Create((byte)4);
        Vector256<byte> low = Vector256.Create((byte)15);
        Vector256<byte> high = Vector256.Create((byte)48);
        Vector256<byte> middle = Vector256.Create((byte)32);
        byte* third = step + 32;
        byte* q = third + 512;
        byte* packed = q + 1024;
        for (int i = 0; i < 64; i += 32)
        {
            Vector256<byte> a = Avx.LoadVector256(packed + i);
            Vector256<byte> b = Avx.LoadVector256(packed + 64 + i);
            Vector256<byte> c = Avx.LoadVector256(packed + 128 + i);
            byte* to = room + ScalesAt + i;
            (((a & low) | (CodeWords.Left(c, 4) & high)) - middle).Store(to);
            (((b & low) | (CodeWords.Left(c, 2) & high)) - middle).Store(to + 64);
            (((CodeWords.Right(a, 4) & low) | (c & high)) - middle).Store(to + 128);
            (((CodeWords.Right(b, 4) & low) | (CodeWords.Right(c, 2) & high)) - middle).Store(to + 192);
        }

        for (int i = 0; i < 512; i += 32)
        {
            Vector256<byte> h = Avx.LoadVector256(third + i);
            Vector256<byte> v = Avx.LoadVector256(q + i);
            byte* to = room + i;
            ((v & three) | (CodeWords.Left(h, 2) & four)).Store(to);
            ((CodeWords.Right(v, 2) & three) | (CodeWords.Left(h, 1) & four)).Store(to + 512);
            ((CodeWords.Right(v, 4) & three) | (h & four)).Store(to + 1024);
            ((CodeWords.Right(v, 6) & three) | (CodeWords.Right(h, 1) & four)).Store(to + 1536);
            v = Avx.LoadVector256(q + 512 + i);
            ((v & three) | (CodeWords.Right(h, 2) & four)).Store(to + 2048);
            ((CodeWords.Right(v, 2) & three) | (CodeWords.Right(h, 3) & four)).Store(to + 2560);
            ((CodeWords.Right(v, 4) & three) | (CodeWords.Right(h, 4) & four)).Store(to + 3072);
            ((CodeWords.Right(v, 6) & three) | (CodeWords.Right(h, 5) & four)).Store(to + 3584);
        }

        CodeWords.Factors(step, room + FactorsAt);
    }
}

/// <summary>Q5_K (Blocks256.Q5K). Packed: d, dmin, 3 words of scales and minima, 8 of fifth bits, 32 of nibbles.</summary>
internal sealed unsafe class Q5KCodes() : Codes256(TensorType.Q5_K, 176)
{
    public override bool HasMinima => true;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        for (int k = 0; k < 256; k++)
        {
            int nibble = (block[48 + (k / 64 * 32) + (k % 32)] >> (k / 32 % 2 * 4)) & 15;
            codes[k] = (sbyte)(nibble | (((block[16 + (k % 32)] >> (k / 32)) & 1) << 4));
        }

        for (int j = 0; j < 16; j++)
        {
            (int scale, int min) = Blocks256.ScaleMin(block + 4, j / 2);
            (scales[j], minima[j]) = ((sbyte)scale, (byte)min);
        }

        dmin = HalfBits.ToSingle(*(ushort*)(block + 2));
        return HalfBits.ToSingle(*(ushort*)block);
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows, stride, step);
        TileKernel.Halves(rows + 2, stride, step + 32);
        TileKernel.Words(rows + 4, stride, 43, step + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        Vector256<byte> low = Vector256.Create((byte)15);
        Vector256<byte> fifth = Vector256.Create((byte)16);
        for (int i = 0; i < 64; i += 32)
        {
            Avx2Q4K.Scales(step + 64 + i, out Vector256<byte> a, out Vector256<byte> b, out Vector256<byte> m, out Vector256<byte> n);
            CodeWords.Doubled(a, room + ScalesAt + i);
            CodeWords.Doubled(b, room + ScalesAt + 128 + i);
            CodeWords.Doubled(m, room + MinimaAt + i);
            CodeWords.Doubled(n, room + MinimaAt + 128 + i);
        }

        byte* high = step + 256;
        byte* q = step + 768;
        for (int i = 0; i < 512; i += 32)
        {
            Vector256<byte> h = Avx.LoadVector256(high + i);
            byte* to = room + i;
            Vector256<byte> v = Avx.LoadVector256(q + i);
            ((v & low) | (CodeWords.Left(h, 4) & fifth)).Store(to);
            ((CodeWords.Right(v, 4) & low) | (CodeWords.Left(h, 3) & fifth)).Store(to + 512);
            v = Avx.LoadVector256(q + 512 + i);
            ((v & low) | (CodeWords.Left(h, 2) & fifth)).Store(to + 1024);
            ((CodeWords.Right(v, 4) & low) | (CodeWords.Left(h, 1) & fifth)).Store(to + 1536);
            v = Avx.LoadVector256(q + 1024 + i);
            ((v & low) | (h & fifth)).Store(to + 2048);
            ((CodeWords.Right(v, 4) & low) | (CodeWords.Right(h, 1) & fifth)).Store(to + 2560);
            v = Avx.LoadVector256(q + 1536 + i);
            ((v & low) | (CodeWords.Right(h, 2) & fifth)).Store(to + 3072);
            ((CodeWords.Right(v, 4) & low) | (CodeWords.Right(h, 3) & fifth)).Store(to + 3584);
        }

        CodeWords.Factors(step, room + FactorsAt);
        CodeWords.Factors(step + 32, room + MinimumFactorsAt);
    }
}

/// <summary>IQ4_XS (LevelBlocks.Iq4Xs). Packed: d, upper scale bits, a word of lower ones, 32 of nibbles.</summary>
internal sealed unsafe class Iq4XsCodes() : Codes256(TensorType.IQ4_XS, 136)
{
    public override bool IsSigned => true;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        for (int k = 0; k < 256; k++)
        {
            int nibbles = block[8 + (k / 32 * 16) + (k % 16)];
            codes[k] = LevelBlocks.Uneven[(nibbles >> (k / 16 % 2 * 4)) & 15];
        }

        for (int j = 0; j < 16; j++)
        {
            scales[j] = (sbyte)(LevelBlocks.Iq4Scale(block, j / 2) - 32);
        }

        dmin = 0;
        return HalfBits.ToSingle(*(ushort*)block);
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows, stride, step);
        TileKernel.Halves(rows + 2, stride, step + 32);
        TileKernel.Words(rows + 4, stride, 33, step + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        Vector256<byte> low = Vector256.Create((byte)15);
        Vector256<byte> levels = CodeWords.Levels(LevelBlocks.Uneven);
        for (int i = 0; i < 64; i += 32)
        {
            Vector256<int> lower = Avx.LoadVector256((int*)(step + 64 + i));
            Vector256<int> upper = Avx2.ConvertToVector256Int32((ushort*)(step + 32 + (i / 2)));
            for (int w = 0; w < 4; w++)
            {
                Vector256<int> even = Scale(lower, upper, 2 * w);
                Vector256<int> odd = Scale(lower, upper, (2 * w) + 1);
                Vector256<int> word = (even | (even << 8)) | ((odd << 16) | (odd << 24));
                (word.AsByte() - Vector256.Create((byte)32)).Store(room + ScalesAt + (w * 64) + i);
            }
        }

        byte* q = step + 128;
        for (int i = 0; i < 2048; i += 32)
        {
            Vector256<byte> v = Avx.LoadVector256(q + i);
            byte* to = room + (i / 256 * 512) + (i % 256);
            Avx2.Shuffle(levels, v & low).Store(to);
            Avx2.Shuffle(levels, CodeWords.Right(v, 4) & low).Store(to + 256);
        }

        CodeWords.Factors(step, room + FactorsAt);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Scale(Vector256<int> lower, Vector256<int> upper, int g) =>
        (Vector256.ShiftRightLogical(lower, 4 * g) & Vector256.Create(15)) | ((Vector256.ShiftRightLogical(upper, 2 * g) & Vector256.Create(3)) << 4);
}

/// <summary>TQ2_0 (FewBitBlocks.Tq20). Packed: d, 16 words of codes. Codes count from 1, scales are 1.</summary>
internal sealed unsafe class Tq20Codes() : Codes256(TensorType.TQ2_0, 66)
{
    public override int Offset => 1;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        for (int k = 0; k < 256; k++)
        {
            codes[k] = (sbyte)(((block[(k / 128 * 32) + (k % 32)] >> (k % 128 / 32 * 2)) & 3) - 1);
        }

        new Span<sbyte>(scales, 16).Fill(1);
        dmin = 0;
        return HalfBits.ToSingle(*(ushort*)(block + 64));
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows + 64, stride, step);
        TileKernel.Words(rows, stride, 16, step + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        Vector256<byte> three = Vector256.Create((byte)3);
        byte* q = step + 32;
        for (int i = 0; i < 1024; i += 32)
        {
            Vector256<byte> v = Avx.LoadVector256(q + i);
            byte* to = room + (i / 512 * 2048) + (i % 512);
            (v & three).Store(to);
            (CodeWords.Right(v, 2) & three).Store(to + 512);
            (CodeWords.Right(v, 4) & three).Store(to + 1024);
            (CodeWords.Right(v, 6) & three).Store(to + 1536);
        }

        CodeWords.Ones(room + ScalesAt);
        CodeWords.Factors(step, room + FactorsAt);
    }
}

/// <summary>TQ1_0 (FewBitBlocks.Tq10). Packed: d, 13 words of base-3 digits. Codes count from 1, scales are 1.</summary>
internal sealed unsafe class Tq10Codes() : Codes256(TensorType.TQ1_0, 54)
{
    public override int Offset => 1;

    public override float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin)
    {
        for (int k = 0; k < 256; k++)
        {
            (int at, int digit) = k < 160 ? (k % 32, k / 32) : k < 240 ? (32 + (k % 16), (k - 160) / 16) : (48 + (k % 4), (k - 240) / 4);
            byte rest = block[at];
            for (int n = 0; n < digit; n++)
            {
                rest = (byte)(rest * 3);
            }

            codes[k] = (sbyte)(((rest * 3) >> 8) - 1);
        }

        new Span<sbyte>(scales, 16).Fill(1);
        dmin = 0;
        return HalfBits.ToSingle(*(ushort*)(block + 52));
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows + 52, stride, step);
        TileKernel.Words(rows, stride, 13, step + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, byte* room)
    {
        Digits(step + 32, 512, 5, room);
        Digits(step + 32 + 512, 256, 5, room + (40 * 64));
        Digits(step + 32 + 768, 64, 4, room + (60 * 64));
        CodeWords.Ones(room + ScalesAt);
        CodeWords.Factors(step, room + FactorsAt);
    }

    /// <summary>A digit is how many thirds of 256 the rest reaches; the next rest is three times this one, modulo 256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Digits(byte* from, int bytes, int digits, byte* to)
    {
        Vector256<byte> one = Vector256.Create((byte)86);
        Vector256<byte> two = Vector256.Create((byte)171);
        for (int i = 0; i < bytes; i += 32)
        {
            Vector256<byte> rest = Avx.LoadVector256(from + i);
            for (int n = 0; n < digits; n++)
            {
                Vector256<byte> reached = Vector256.Equals(Avx2.Max(rest, one), rest) + Vector256.Equals(Avx2.Max(rest, two), rest);
                (Vector256<byte>.Zero - reached).Store(to + (n * bytes) + i);
                rest += rest + rest;
            }
        }
    }
}
