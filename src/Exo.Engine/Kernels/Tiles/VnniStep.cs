using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>The inner step of the AVX-VNNI kernels of super-blocks.</summary>
internal static unsafe class VnniStep
{
    /// <summary>One word of eight rows times four activations of four columns, which lie 256 bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(Vector256<byte> w, sbyte* x, ref Vector256<int> p0, ref Vector256<int> p1, ref Vector256<int> p2, ref Vector256<int> p3)
    {
        p0 = AvxVnni.MultiplyWideningAndAdd(p0, w, Avx2Loads.Four(x).AsSByte());
        p1 = AvxVnni.MultiplyWideningAndAdd(p1, w, Avx2Loads.Four(x + 256).AsSByte());
        p2 = AvxVnni.MultiplyWideningAndAdd(p2, w, Avx2Loads.Four(x + 512).AsSByte());
        p3 = AvxVnni.MultiplyWideningAndAdd(p3, w, Avx2Loads.Four(x + 768).AsSByte());
    }
}
