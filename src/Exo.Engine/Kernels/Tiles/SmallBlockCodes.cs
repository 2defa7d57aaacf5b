using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Q4_1 (Blocks32.Q41). Packed: d, m, 4 words of nibbles.</summary>
internal sealed unsafe class Q41Codes() : Codes32(TensorType.Q4_1, 20)
{
    public override bool HasMinima => true;

    public override float Read(byte* block, sbyte* codes, out float minimum)
    {
        for (int k = 0; k < 32; k++)
        {
            codes[k] = (sbyte)((block[4 + (k % 16)] >> (k / 16 * 4)) & 15);
        }

        minimum = HalfBits.ToSingle(*(ushort*)(block + 2));
        return HalfBits.ToSingle(*(ushort*)block);
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows, stride, step);
        TileKernel.Halves(rows + 2, stride, step + 32);
        TileKernel.Words(rows + 4, stride, 4, step + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, int count, byte* room)
    {
        Vector256<byte> low = Vector256.Create((byte)15);
        for (byte* end = step + ((long)count * StepBytes); step < end; step += 320, room += ExpandedBytes)
        {
            for (int i = 0; i < 256; i += 32)
            {
                Vector256<byte> v = Avx.LoadVector256(step + 64 + i);
                (v & low).Store(room + i);
                (CodeWords.Right(v, 4) & low).Store(room + 256 + i);
            }

            CodeWords.Factors(step, room + FactorsAt);
            CodeWords.Factors(step + 32, room + MinimaAt);
        }
    }
}

/// <summary>Q5_0 and Q5_1 (Blocks32.Q50, Q51). Packed: d, perhaps m, a word of fifth bits, 4 words of nibbles. Codes of Q5_0 count from 16.</summary>
internal sealed unsafe class Q5Codes(bool minima) : Codes32(minima ? TensorType.Q5_1 : TensorType.Q5_0, minima ? 24 : 22)
{
    private readonly int _start = minima ? 4 : 2;

    public override bool HasMinima => minima;

    public override int Offset => minima ? 0 : 16;

    public override float Read(byte* block, sbyte* codes, out float minimum)
    {
        uint fifth = *(uint*)(block + _start);
        for (int k = 0; k < 32; k++)
        {
            int nibble = (block[_start + 4 + (k % 16)] >> (k / 16 * 4)) & 15;
            codes[k] = (sbyte)((nibble | (int)(((fifth >> k) & 1) << 4)) - Offset);
        }

        minimum = minima ? HalfBits.ToSingle(*(ushort*)(block + 2)) : 0;
        return HalfBits.ToSingle(*(ushort*)block);
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows, stride, step);
        if (minima)
        {
            TileKernel.Halves(rows + 2, stride, step + 32);
        }

        TileKernel.Words(rows + _start, stride, 5, step + (_start * 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, int count, byte* room)
    {
        Vector256<byte> low = Vector256.Create((byte)15);
        for (byte* end = step + ((long)count * StepBytes); step < end; step += StepBytes, room += ExpandedBytes)
        {
            byte* words = step + (_start * 16);
            for (int half = 0; half < 64; half += 32)
            {
                Vector256<byte> fifth = Avx.LoadVector256(words + half);
                Vector256<byte> v = Avx.LoadVector256(words + 64 + half);
                ((v & low) | Fifth(fifth, 0x00000000, 0x08040201)).Store(room + half);
                ((CodeWords.Right(v, 4) & low) | Fifth(fifth, 0x02020202, 0x08040201)).Store(room + 256 + half);
                v = Avx.LoadVector256(words + 128 + half);
                ((v & low) | Fifth(fifth, 0x00000000, 0x80402010)).Store(room + 64 + half);
                ((CodeWords.Right(v, 4) & low) | Fifth(fifth, 0x02020202, 0x80402010)).Store(room + 320 + half);
                v = Avx.LoadVector256(words + 192 + half);
                ((v & low) | Fifth(fifth, 0x01010101, 0x08040201)).Store(room + 128 + half);
                ((CodeWords.Right(v, 4) & low) | Fifth(fifth, 0x03030303, 0x08040201)).Store(room + 384 + half);
                v = Avx.LoadVector256(words + 256 + half);
                ((v & low) | Fifth(fifth, 0x01010101, 0x80402010)).Store(room + 192 + half);
                ((CodeWords.Right(v, 4) & low) | Fifth(fifth, 0x03030303, 0x80402010)).Store(room + 448 + half);
            }

            CodeWords.Factors(step, room + FactorsAt);
            if (minima)
            {
                CodeWords.Factors(step + 32, room + MinimaAt);
            }
        }
    }

    /// <summary>A byte of each row's word four times; 16 where its bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Fifth(Vector256<byte> words, uint place, uint bits)
    {
        Vector256<uint> lanes = Vector256.Create(0u, 0x04040404, 0x08080808, 0x0C0C0C0C, 0u, 0x04040404, 0x08080808, 0x0C0C0C0C);
        Vector256<byte> mask = Vector256.Create(bits).AsByte();
        return Vector256.Equals(Avx2.Shuffle(words, (lanes + Vector256.Create(place)).AsByte()) & mask, mask) & Vector256.Create((byte)16);
    }
}

/// <summary>IQ4_NL (LevelBlocks.Iq4Nl). Packed: d, 4 words of nibbles.</summary>
internal sealed unsafe class Iq4NlCodes() : Codes32(TensorType.IQ4_NL, 18)
{
    public override bool IsSigned => true;

    public override float Read(byte* block, sbyte* codes, out float minimum)
    {
        for (int k = 0; k < 32; k++)
        {
            codes[k] = LevelBlocks.Uneven[(block[2 + (k % 16)] >> (k / 16 * 4)) & 15];
        }

        minimum = 0;
        return HalfBits.ToSingle(*(ushort*)block);
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        TileKernel.Halves(rows, stride, step);
        TileKernel.Words(rows + 2, stride, 4, step + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, int count, byte* room)
    {
        Vector256<byte> low = Vector256.Create((byte)15);
        Vector256<byte> levels = CodeWords.Levels(LevelBlocks.Uneven);
        for (byte* end = step + ((long)count * StepBytes); step < end; step += 288, room += ExpandedBytes)
        {
            for (int i = 0; i < 256; i += 32)
            {
                Vector256<byte> v = Avx.LoadVector256(step + 32 + i);
                Avx2.Shuffle(levels, v & low).Store(room + i);
                Avx2.Shuffle(levels, CodeWords.Right(v, 4) & low).Store(room + 256 + i);
            }

            CodeWords.Factors(step, room + FactorsAt);
        }
    }
}

/// <summary>MXFP4 (LevelBlocks.Mxfp4). Packed: a power in a byte, 4 words of nibbles. Codes are twice the values and count from 16.</summary>
internal sealed unsafe class Mxfp4Codes() : Codes32(TensorType.MXFP4, 17)
{
    private const int Middle = 16;

    public override int Offset => Middle;

    public override float Read(byte* block, sbyte* codes, out float minimum)
    {
        for (int k = 0; k < 32; k++)
        {
            codes[k] = LevelBlocks.TwiceE2M1[(block[1 + (k % 16)] >> (k / 16 * 4)) & 15];
        }

        minimum = 0;
        return LevelBlocks.HalfPower(*block);
    }

    public override void Pack(byte* rows, long stride, byte* step)
    {
        for (int r = 0; r < TileKernel.Rows; r++)
        {
            step[r] = rows[r * stride];
        }

        TileKernel.Words(rows + 1, stride, 4, step + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Expand(byte* step, int count, byte* room)
    {
        Vector256<byte> low = Vector256.Create((byte)15);
        Vector256<byte> levels = CodeWords.Levels(LevelBlocks.TwiceE2M1) + Vector256.Create((byte)Middle);
        for (byte* end = step + ((long)count * StepBytes); step < end; step += 272, room += ExpandedBytes)
        {
            for (int i = 0; i < 256; i += 32)
            {
                Vector256<byte> v = Avx.LoadVector256(step + 16 + i);
                Avx2.Shuffle(levels, v & low).Store(room + i);
                Avx2.Shuffle(levels, CodeWords.Right(v, 4) & low).Store(room + 256 + i);
            }

            Powers(step).Store((float*)(room + FactorsAt));
            Powers(step + 8).Store((float*)(room + FactorsAt + 32));
        }
    }

    /// <summary>Eight of LevelBlocks.HalfPower: below the smallest normal number the bit of the fraction moves instead of the exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Powers(byte* codes)
    {
        Vector256<int> code = Avx2.ConvertToVector256Int32(codes);
        Vector256<int> normal = Avx2.ShiftLeftLogical(Avx2.Subtract(code, Vector256<int>.One), 23);
        Vector256<int> small = Avx2.ShiftLeftLogicalVariable(Vector256.Create(0x00200000), code.AsUInt32());
        return Vector256.ConditionalSelect(Vector256.LessThan(code, Vector256.Create(2)), small, normal).AsSingle();
    }
}
