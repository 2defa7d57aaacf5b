using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels;

/// <summary>
/// Decodes 32 columns of 16 rows whose words of codes lie transposed, a lane for each row: the numbers of <see cref="GroupedRows"/>, with its roundings.
/// </summary>
internal static unsafe class LanesAvx512
{
    private const int Apart = TileKernel.Rows;

    /// <param name="scheme">What codes mean.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="scaleType">Of scales, and of MLX's biases.</param>
    /// <param name="words">Word w of the rows at 64 w.</param>
    /// <param name="scales">The group's scales of the rows.</param>
    /// <param name="offsets">The group's biases or zero points of the rows.</param>
    /// <param name="to">[32][16]</param>
    public static void Decode(PackedScheme scheme, int bits, TensorType scaleType, byte* words, byte* scales, byte* offsets, float* to)
    {
        Vector512<float> scale = Numbers(scaleType, scales);
        switch (scheme)
        {
            case PackedScheme.MlxAffine:
                Decode<AffineLane>(bits, words, scale, Numbers(scaleType, offsets), to);
                break;
            case PackedScheme.Mxfp4:
                Decode<LevelLane>(bits, words, scale, default, to);
                break;
            case PackedScheme.Fp8 or PackedScheme.Mxfp8:
                Decode<E4M3Lane>(bits, words, scale, default, to);
                break;
            case PackedScheme.Fp8E5M2:
                Decode<E5M2Lane>(bits, words, scale, default, to);
                break;
            default:
                Decode<IntegerLane>(bits, words, scale, Offsets(TensorType.I32, offsets), to);
                break;
        }
    }

    /// <summary>
    /// Multiplies columns of one group of four tiles' rows and adds to their sums, without a detour through memory: a sum waits for its last step, and the
    /// other three fill that time.
    /// </summary>
    /// <param name="scheme">What codes mean.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="scaleType">Of scales, and of MLX's biases.</param>
    /// <param name="at">The four tiles' words, scales and offsets.</param>
    /// <param name="columns">A multiple of 32.</param>
    /// <param name="x">[columns]</param>
    /// <param name="y">Sums of a tile; the next tile's lie 16 floats on.</param>
    public static void Multiply(PackedScheme scheme, int bits, TensorType scaleType, in FourTiles at, int columns, float* x, float* y)
    {
        switch (scheme)
        {
            case PackedScheme.MlxAffine:
                Multiply<AffineLane>(bits, scaleType, scaleType, at, columns, x, y);
                break;
            case PackedScheme.Mxfp4:
                Multiply<LevelLane>(bits, scaleType, TensorType.Packed, at, columns, x, y);
                break;
            case PackedScheme.Fp8 or PackedScheme.Mxfp8:
                Multiply<E4M3Lane>(bits, scaleType, TensorType.Packed, at, columns, x, y);
                break;
            case PackedScheme.Fp8E5M2:
                Multiply<E5M2Lane>(bits, scaleType, TensorType.Packed, at, columns, x, y);
                break;
            default:
                Multiply<IntegerLane>(bits, scaleType, TensorType.I32, at, columns, x, y);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TLane>(int bits, TensorType scaleType, TensorType offsetType, in FourTiles at, int columns, float* x, float* y)
        where TLane : struct, ILane
    {
        Vector512<float> s0 = Numbers(scaleType, at.First + at.Scales), s1 = Numbers(scaleType, at.Second + at.Scales), s2 = Numbers(scaleType, at.Third + at.Scales), s3 = Numbers(scaleType, at.Fourth + at.Scales);
        Vector512<float> o0 = Offsets(offsetType, at.First + at.Offsets), o1 = Offsets(offsetType, at.Second + at.Offsets), o2 = Offsets(offsetType, at.Third + at.Offsets), o3 = Offsets(offsetType, at.Fourth + at.Offsets);
        Vector512<float> y0 = Vector512.Load(y), y1 = Vector512.Load(y + Apart), y2 = Vector512.Load(y + (2 * Apart)), y3 = Vector512.Load(y + (3 * Apart));
        Vector512<int> mask = Vector512.Create((1 << bits) - 1);
        byte* w0 = at.First + at.Words, w1 = at.Second + at.Words, w2 = at.Third + at.Words, w3 = at.Fourth + at.Words;
        if (32 % bits != 0)
        {
            for (int k = 0; k < columns; k++)
            {
                Vector512<float> v = Vector512.Create(x[k]);
                y0 = Step<TLane>(Code(bits, w0, k), mask, s0, o0, v, y0);
                y1 = Step<TLane>(Code(bits, w1, k), mask, s1, o1, v, y1);
                y2 = Step<TLane>(Code(bits, w2, k), mask, s2, o2, v, y2);
                y3 = Step<TLane>(Code(bits, w3, k), mask, s3, o3, v, y3);
            }
        }
        else
        {
            Vector128<int> shift = Vector128.CreateScalar(bits);
            for (float* end = x + columns; x < end;)
            {
                Vector512<int> c0 = Vector512.Load((int*)w0), c1 = Vector512.Load((int*)w1), c2 = Vector512.Load((int*)w2), c3 = Vector512.Load((int*)w3);
                Sse.Prefetch0(w0 + Avx2Math.Ahead);
                Sse.Prefetch0(w1 + Avx2Math.Ahead);
                Sse.Prefetch0(w2 + Avx2Math.Ahead);
                Sse.Prefetch0(w3 + Avx2Math.Ahead);
                for (float* stop = x + (32 / bits); x < stop; x++)
                {
                    Vector512<float> v = Vector512.Create(*x);
                    y0 = Step<TLane>(c0, mask, s0, o0, v, y0);
                    y1 = Step<TLane>(c1, mask, s1, o1, v, y1);
                    y2 = Step<TLane>(c2, mask, s2, o2, v, y2);
                    y3 = Step<TLane>(c3, mask, s3, o3, v, y3);
                    c0 = Avx512F.ShiftRightLogical(c0, shift);
                    c1 = Avx512F.ShiftRightLogical(c1, shift);
                    c2 = Avx512F.ShiftRightLogical(c2, shift);
                    c3 = Avx512F.ShiftRightLogical(c3, shift);
                }

                w0 += 64;
                w1 += 64;
                w2 += 64;
                w3 += 64;
            }
        }

        y0.Store(y);
        y1.Store(y + Apart);
        y2.Store(y + (2 * Apart));
        y3.Store(y + (3 * Apart));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Step<TLane>(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset, Vector512<float> x, Vector512<float> y)
        where TLane : struct, ILane => Avx512F.FusedMultiplyAdd(TLane.Value(codes, mask, scale, offset), x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Offsets(TensorType type, byte* p) => type switch
    {
        TensorType.Packed => Vector512<float>.Zero,
        TensorType.I32 => Avx512F.ConvertToVector512Int32(Vector128.Load(p)).AsSingle(),
        _ => Numbers(type, p),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Numbers(TensorType type, byte* p) => type switch
    {
        TensorType.F32 => Avx512F.LoadVector512((float*)p),
        TensorType.F16 => Vector512.Create(Avx2Math.Halves(p), Avx2Math.Halves(p + 16)),
        TensorType.BF16 => Avx512F.ShiftLeftLogical(Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)p)), 16).AsSingle(),
        TensorType.I8 => Powers(Avx512F.ConvertToVector512Int32(Vector128.Load(p))),
        _ => throw new UnreachableException($"scales stored as {type}"),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Powers(Vector512<int> codes) =>
        Vector512.ConditionalSelect(Vector512.Equals(codes, Vector512<int>.Zero), Vector512.Create(0x00400000), Avx512F.ShiftLeftLogical(codes, 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode<TLane>(int bits, byte* words, Vector512<float> scale, Vector512<float> offset, float* to)
        where TLane : struct, ILane
    {
        Vector512<int> mask = Vector512.Create((1 << bits) - 1);
        Vector128<int> shift = Vector128.CreateScalar(bits);
        if (32 % bits != 0)
        {
            for (int k = 0; k < GroupedTiles.Columns; k++, to += Apart)
            {
                TLane.Value(Code(bits, words, k), mask, scale, offset).Store(to);
            }

            return;
        }

        for (int w = 0; w < bits; w++, words += 64)
        {
            Vector512<int> codes = Vector512.Load((int*)words);
            for (int k = 0; k < 32; k += bits, to += Apart)
            {
                TLane.Value(codes, mask, scale, offset).Store(to);
                codes = Avx512F.ShiftRightLogical(codes, shift);
            }
        }
    }

    /// <summary>Code k of the rows' streams of bits; it may lie across two words. What lies above it is not taken off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Code(int bits, byte* words, int k)
    {
        int at = k * bits;
        int shift = at & 31;
        byte* word = words + (at / 32 * 64);
        Vector512<int> v = Vector512.ShiftRightLogical(Vector512.Load((int*)word), shift);
        return shift + bits > 32 ? v | Vector512.ShiftLeft(Vector512.Load((int*)(word + 64)), 32 - shift) : v;
    }

    /// <summary>What the lowest bits of each lane mean.</summary>
    private interface ILane
    {
        static abstract Vector512<float> Value(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset);
    }

    private readonly struct AffineLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Value(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset) =>
            Avx512F.Add(Avx512F.Multiply(Avx512F.ConvertToVector512Single(codes & mask), scale), offset);
    }

    private readonly struct IntegerLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Value(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset) =>
            Avx512F.Multiply(Avx512F.ConvertToVector512Single(Avx512F.Subtract(codes & mask, offset.AsInt32())), scale);
    }

    /// <summary>E2M1; the lookup heeds four bits of a lane.</summary>
    private readonly struct LevelLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Value(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset)
        {
            Vector512<float> levels = Vector512.Create(0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f);
            return Avx512F.Multiply(Avx512F.PermuteVar16x32(levels, codes), scale);
        }
    }

    /// <summary>Sign, exponent and fraction go to their places in an f32, then the exponent is corrected by a multiplication that is exact.</summary>
    private readonly struct E4M3Lane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Value(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset)
        {
            Vector512<int> placed = Avx512F.ShiftRightArithmetic(Avx512F.ShiftLeftLogical(codes, 24), 4) & Vector512.Create(unchecked((int)0x87f00000));
            return Avx512F.Multiply(Avx512F.Multiply(placed.AsSingle(), Vector512.Create(1.329227995784916e36f)), scale); // 2^120
        }
    }

    private readonly struct E5M2Lane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Value(Vector512<int> codes, Vector512<int> mask, Vector512<float> scale, Vector512<float> offset)
        {
            Vector512<int> placed = Avx512F.ShiftRightArithmetic(Avx512F.ShiftLeftLogical(codes, 24), 3) & Vector512.Create(unchecked((int)0x8fe00000));
            return Avx512F.Multiply(Avx512F.Multiply(placed.AsSingle(), Vector512.Create(5.192296858534828e33f)), scale); // 2^112
        }
    }
}
