using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Eight rows at once, with AVX2 and FMA.</summary>
internal readonly unsafe struct EightLanes : ILaneWidth<Vector256<float>, Vector256<int>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Words(byte* p) => Vector256.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> All(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> All(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Numbers(TensorType type, byte* p) => type switch
    {
        TensorType.F32 => Avx.LoadVector256((float*)p),
        TensorType.F16 => Avx2Loads.Halves(p),
        TensorType.BF16 => Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32((ushort*)p), 16).AsSingle(),
        TensorType.I8 => Powers(Avx2.ConvertToVector256Int32(p)),
        _ => throw new UnreachableException($"scales stored as {type}"),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ZeroPoints(byte* p) => Avx2.ConvertToVector256Int32(p).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> And(Vector256<int> a, Vector256<int> b) => Avx2.And(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Or(Vector256<int> a, Vector256<int> b) => Avx2.Or(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Subtract(Vector256<int> a, Vector256<float> bits) => Avx2.Subtract(a, bits.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Left(Vector256<int> value, int bits) => Vector256.ShiftLeft(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Right(Vector256<int> value, int bits) => Vector256.ShiftRightLogical(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Right(Vector256<int> value, Vector128<int> bits) => Avx2.ShiftRightLogical(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> RightSigned(Vector256<int> value, int bits) => Vector256.ShiftRightArithmetic(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Bits(Vector256<int> value) => value.AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToFloats(Vector256<int> value) => Avx.ConvertToVector256Single(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => Avx.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => Avx.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Fma.MultiplyAdd(a, b, c);

    /// <summary>The lookup heeds three bits of a lane, the fourth is the sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Levels(Vector256<int> codes)
    {
        Vector256<float> levels = Vector256.Create(0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f);
        Vector256<float> sign = Avx2.ShiftLeftLogical(codes, 28).AsSingle() & Vector256.Create(-0f);
        return Avx2.PermuteVar8x32(levels, codes) | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Powers(Vector256<int> codes) =>
        Vector256.ConditionalSelect(Vector256.Equals(codes, Vector256<int>.Zero), Vector256.Create(0x00400000), Avx2.ShiftLeftLogical(codes, 23)).AsSingle();
}
