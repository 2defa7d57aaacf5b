using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Exo.Engine.Kernels;

/// <summary>binary16.</summary>
internal readonly unsafe struct HalfPairs : IWordPairs
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* words, out Vector256<float> even, out Vector256<float> odd) =>
        Avx2Math.HalfPairs(words, out even, out odd);
}
