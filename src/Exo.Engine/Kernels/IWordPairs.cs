using System.Runtime.Intrinsics;

namespace Exo.Engine.Kernels;

/// <summary>How sixteen 16-bit floats become two vectors of f32; a type argument, so that the loop holds the instructions themselves.</summary>
internal unsafe interface IWordPairs
{
    /// <summary>Eight words: the lower halves and the upper halves.</summary>
    static abstract void Widen(byte* words, out Vector256<float> even, out Vector256<float> odd);
}
