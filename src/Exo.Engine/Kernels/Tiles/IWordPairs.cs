using System.Runtime.Intrinsics;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>A format of 16-bit floats, and how they become f32; a type argument, so that a loop holds the instructions themselves.</summary>
internal unsafe interface IWordPairs
{
    static abstract TensorType Type { get; }

    /// <summary>Whether a product with many rows of activations is faster when weights are widened once, into the first cache, for all of them.</summary>
    static abstract bool WidenedOnce { get; }

    static abstract float Widen(ushort word);

    /// <summary>Eight words: the lower halves and the upper halves.</summary>
    static abstract void Widen(byte* words, out Vector256<float> even, out Vector256<float> odd);
}
