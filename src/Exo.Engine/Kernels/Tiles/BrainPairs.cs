using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>bfloat16.</summary>
internal readonly unsafe struct BrainPairs : IWordPairs
{
    public static TensorType Type => TensorType.BF16;

    public static bool WidenedOnce => false;

    public static float Widen(ushort word) => HalfBits.BrainToSingle(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* words, out Vector256<float> even, out Vector256<float> odd)
    {
        Vector256<uint> pairs = Vector256.Load((uint*)words);
        even = (pairs << 16).AsSingle();
        odd = (pairs & Vector256.Create(0xffff0000)).AsSingle();
    }
}
