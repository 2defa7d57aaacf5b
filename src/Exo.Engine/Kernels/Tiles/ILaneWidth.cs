using System.Runtime.Intrinsics;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// The instructions by which <see cref="LaneProducts{TWidth, TFloats, TInts}"/> computes on so many rows at once; a type argument, so that its loops hold the instructions
/// themselves.
/// </summary>
/// <typeparam name="TFloats">A lane of f32 for each row.</typeparam>
/// <typeparam name="TInts">A lane of 32 bits for each row.</typeparam>
internal unsafe interface ILaneWidth<TFloats, TInts>
{
    static abstract TFloats Load(float* p);

    static abstract TInts Words(byte* p);

    static abstract void Store(TFloats value, float* p);

    static abstract TFloats All(float value);

    static abstract TInts All(int value);

    /// <summary>The rows' scales or biases.</summary>
    /// <param name="type">F32, F16, BF16, or I8 for powers of two (E8M0).</param>
    /// <param name="p">One number of each row.</param>
    static abstract TFloats Numbers(TensorType type, byte* p);

    /// <summary>The rows' zero points: whole numbers, in lanes of float.</summary>
    static abstract TFloats ZeroPoints(byte* p);

    static abstract TInts And(TInts a, TInts b);

    static abstract TInts Or(TInts a, TInts b);

    static abstract TInts Subtract(TInts a, TFloats bits);

    static abstract TInts Left(TInts value, int bits);

    static abstract TInts Right(TInts value, int bits);

    /// <param name="value">Shifted.</param>
    /// <param name="bits">By the number in its lowest lane.</param>
    static abstract TInts Right(TInts value, Vector128<int> bits);

    /// <summary>The sign moves in from the left.</summary>
    static abstract TInts RightSigned(TInts value, int bits);

    static abstract TFloats Bits(TInts value);

    static abstract TFloats ToFloats(TInts value);

    static abstract TFloats Add(TFloats a, TFloats b);

    static abstract TFloats Multiply(TFloats a, TFloats b);

    static abstract TFloats MultiplyAdd(TFloats a, TFloats b, TFloats c);

    /// <summary>E2M1: 0, 0.5, 1, 1.5, 2, 3, 4 and 6, and the same below zero, by the lowest four bits.</summary>
    static abstract TFloats Levels(TInts codes);
}
