using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>How AVX2 kernels bring stored numbers into lanes; halves widen as in HalfBits, bit for bit.</summary>
internal static unsafe class Avx2Loads
{
    /// <summary>Prefetch distance in bytes: 2 to 4 KiB were best, 1 KiB worse, 8 KiB no better.</summary>
    public const int Ahead = 3072;

    private const int HalfMask = unchecked((int)0x8FFFE000);
    private const float HalfExponent = 5.192296858534828e33f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Four(sbyte* p) => Avx2.BroadcastScalarToVector256((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> All(float* p) => Avx.BroadcastScalarToVector256(p);

    /// <summary>Eight consecutive f16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Halves(byte* p) =>
        Avx.Multiply(Avx2.And(Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32((short*)p), 13), Vector256.Create(HalfMask)).AsSingle(), Vector256.Create(HalfExponent));

    /// <summary>Eight words of two f16: the low and the high halves. .NET 10 has no F16C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HalfPairs(byte* p, out Vector256<float> even, out Vector256<float> odd)
    {
        Vector256<int> v = Avx.LoadVector256((int*)p);
        Vector256<int> mask = Vector256.Create(HalfMask);
        Vector256<float> exponent = Vector256.Create(HalfExponent);
        even = Avx.Multiply(Avx2.And(Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(v, 16), 3), mask).AsSingle(), exponent);
        odd = Avx.Multiply(Avx2.And(Avx2.ShiftRightArithmetic(v, 3), mask).AsSingle(), exponent);
    }
}
