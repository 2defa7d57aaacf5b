using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>Sixteen rows at once, with AVX-512.</summary>
internal readonly unsafe struct SixteenLanes : ILaneWidth<Vector512<float>, Vector512<int>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* p) => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Words(byte* p) => Vector512.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> All(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> All(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers(TensorType type, byte* p) => type switch
    {
        TensorType.F32 => Avx512F.LoadVector512((float*)p),
        TensorType.F16 => Vector512.Create(Avx2Loads.Halves(p), Avx2Loads.Halves(p + 16)),
        TensorType.BF16 => Avx512F.ShiftLeftLogical(Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)p)), 16).AsSingle(),
        TensorType.I8 => Powers(Avx512F.ConvertToVector512Int32(Vector128.Load(p))),
        _ => throw new UnreachableException($"scales stored as {type}"),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ZeroPoints(byte* p) => Avx512F.ConvertToVector512Int32(Vector128.Load(p)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> And(Vector512<int> a, Vector512<int> b) => Avx512F.And(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Or(Vector512<int> a, Vector512<int> b) => Avx512F.Or(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Subtract(Vector512<int> a, Vector512<float> bits) => Avx512F.Subtract(a, bits.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Left(Vector512<int> value, int bits) => Vector512.ShiftLeft(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Right(Vector512<int> value, int bits) => Vector512.ShiftRightLogical(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Right(Vector512<int> value, Vector128<int> bits) => Avx512F.ShiftRightLogical(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> RightSigned(Vector512<int> value, int bits) => Vector512.ShiftRightArithmetic(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Bits(Vector512<int> value) => value.AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToFloats(Vector512<int> value) => Avx512F.ConvertToVector512Single(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => Avx512F.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => Avx512F.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Avx512F.FusedMultiplyAdd(a, b, c);

    /// <summary>The lookup heeds four bits of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Levels(Vector512<int> codes) =>
        Avx512F.PermuteVar16x32(Vector512.Create(0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f), codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Powers(Vector512<int> codes) =>
        Vector512.ConditionalSelect(Vector512.Equals(codes, Vector512<int>.Zero), Vector512.Create(0x00400000), Avx512F.ShiftLeftLogical(codes, 23)).AsSingle();
}
