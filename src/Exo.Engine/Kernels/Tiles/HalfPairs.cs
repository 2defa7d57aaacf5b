using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>binary16. Widening costs more than a product, so a prompt's rows share one.</summary>
internal readonly unsafe struct HalfPairs : IWordPairs
{
    public static TensorType Type => TensorType.F16;

    public static bool WidenedOnce => true;

    public static float Widen(ushort word) => HalfBits.ToSingle(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* words, out Vector256<float> even, out Vector256<float> odd) =>
        Avx2Loads.HalfPairs(words, out even, out odd);
}
