using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Steps that formats share when they expand transposed words of codes.</summary>
internal static unsafe class CodeWords
{
    /// <summary>Shifts pairs of bytes; the caller masks what comes over from the neighbour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Right(Vector256<byte> v, int count) => Vector256.ShiftRightLogical(v.AsUInt16(), count).AsByte();

    /// <summary>Shifts pairs of bytes; the caller masks what comes over from the neighbour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Left(Vector256<byte> v, int count) => Vector256.ShiftLeft(v.AsUInt16(), count).AsByte();

    /// <summary>Sixteen levels, for a lookup by nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Levels(ReadOnlySpan<sbyte> levels)
    {
        Vector128<byte> sixteen = Vector128.Create(levels).AsByte();
        return Vector256.Create(sixteen, sixteen);
    }

    /// <summary>16 f16 as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Factors(byte* halves, byte* to)
    {
        Avx2Loads.Halves(halves).Store((float*)to);
        Avx2Loads.Halves(halves + 16).Store((float*)(to + 32));
    }

    /// <summary>Four scales of sub-blocks of 32 as those of eight of 16: words (0, 0, 1, 1) and, 64 bytes on, (2, 2, 3, 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Doubled(Vector256<byte> words, byte* to)
    {
        Vector256<uint> lanes = Vector256.Create(0u, 0x04040404, 0x08080808, 0x0C0C0C0C, 0u, 0x04040404, 0x08080808, 0x0C0C0C0C);
        Avx2.Shuffle(words, (lanes + Vector256.Create(0x01010000u)).AsByte()).Store(to);
        Avx2.Shuffle(words, (lanes + Vector256.Create(0x03030202u)).AsByte()).Store(to + 64);
    }

    /// <summary>256 scales of 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ones(byte* to)
    {
        for (int i = 0; i < 256; i += 32)
        {
            Vector256<byte>.One.Store(to + i);
        }
    }
}
