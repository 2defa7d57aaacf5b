using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Exo.Engine.Kernels;

/// <summary>bfloat16.</summary>
internal readonly unsafe struct BrainPairs : IWordPairs
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* words, out Vector256<float> even, out Vector256<float> odd)
    {
        Vector256<uint> pairs = Vector256.Load((uint*)words);
        even = (pairs << 16).AsSingle();
        odd = (pairs & Vector256.Create(0xffff0000)).AsSingle();
    }
}
