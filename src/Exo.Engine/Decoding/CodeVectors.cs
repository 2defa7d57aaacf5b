using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Decoding;

/// <summary>Eight codes of a block at a time; each product and sum is rounded by itself, as the plain loops do, so the bits are theirs.</summary>
internal static unsafe class CodeVectors
{
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Eight unsigned bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Bytes(byte* p) => Avx2.ConvertToVector256Int32(p);

    /// <summary>Some bits of eight bytes, from bit <paramref name="shift"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Bits(byte* p, int shift, int mask) => Vector256.ShiftRightLogical(Bytes(p), shift) & Vector256.Create(mask);

    /// <summary>The eight nibbles of a word, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Nibbles(uint word) =>
        (Avx2.ShiftRightLogicalVariable(Vector256.Create(word), Vector256.Create(0u, 4, 8, 12, 16, 20, 24, 28)) & Vector256.Create(15u)).AsInt32();

    /// <summary>Bits i .. i + 7 of a word, each worth <paramref name="value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Spread(uint word, int i, int value)
    {
        Vector256<uint> places = Avx2.ShiftRightLogicalVariable(Vector256.Create(word), Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7) + Vector256.Create((uint)i));
        return (places & Vector256<uint>.One).AsInt32() * value;
    }

    /// <summary>Eight codes of two bits out of a word, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Pairs(uint word) =>
        (Avx2.ShiftRightLogicalVariable(Vector256.Create(word), Vector256.Create(0u, 2, 4, 6, 8, 10, 12, 14)) & Vector256.Create(3u)).AsInt32();

    /// <summary>The levels of eight bytes' lower nibbles, or of their upper ones.</summary>
    /// <param name="p">Eight bytes.</param>
    /// <param name="shift">0 or 4.</param>
    /// <param name="levels">16 of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Levels(byte* p, int shift, Vector128<sbyte> levels)
    {
        Vector128<byte> nibbles = Vector128.ShiftRightLogical(Vector128.CreateScalar(*(ulong*)p), shift).AsByte() & Vector128.Create((byte)15);
        return Avx2.ConvertToVector256Int32(Ssse3.Shuffle(levels.AsByte(), nibbles).AsSByte());
    }

    /// <summary>scale · code + offset, two roundings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> codes, float scale, float offset, float* y) =>
        Avx.Add(Avx.Multiply(Avx.ConvertToVector256Single(codes), Vector256.Create(scale)), Vector256.Create(offset)).Store(y);

    /// <summary>scale · code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> codes, float scale, float* y) =>
        Avx.Multiply(Avx.ConvertToVector256Single(codes), Vector256.Create(scale)).Store(y);

    /// <summary>scale · value for eight E2M1 numbers of a word, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreE2M1(uint word, float scale, float* y)
    {
        Vector256<uint> codes = Avx2.ShiftRightLogicalVariable(Vector256.Create(word), Vector256.Create(0u, 4, 8, 12, 16, 20, 24, 28));
        Vector256<float> magnitude = Avx2.PermuteVar8x32(Vector256.Create(0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f), codes.AsInt32());
        Vector256<float> sign = Avx2.ShiftLeftLogical(codes, 28).AsSingle() & Vector256.Create(-0f);
        Avx.Multiply(magnitude | sign, Vector256.Create(scale)).Store(y);
    }
}
