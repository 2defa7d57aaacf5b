using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels;

/// <summary>
/// Decodes 32 columns of eight rows whose words of codes lie transposed, a lane for each row: the numbers of <see cref="GroupedRows"/>, with its roundings.
/// </summary>
internal static unsafe class LanesAvx2
{
    private const int Apart = TileKernel.Rows;

    /// <param name="scheme">What codes mean.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="scaleType">Of scales, and of MLX's biases.</param>
    /// <param name="words">Word w of the rows at 64 w.</param>
    /// <param name="scales">The group's scales of the rows.</param>
    /// <param name="offsets">The group's biases or zero points of the rows.</param>
    /// <param name="to">[32][16], eight of each used.</param>
    public static void Decode(PackedScheme scheme, int bits, TensorType scaleType, byte* words, byte* scales, byte* offsets, float* to)
    {
        Vector256<float> scale = Numbers(scaleType, scales);
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
        Vector256<float> s0 = Numbers(scaleType, at.First + at.Scales), s1 = Numbers(scaleType, at.Second + at.Scales), s2 = Numbers(scaleType, at.Third + at.Scales), s3 = Numbers(scaleType, at.Fourth + at.Scales);
        Vector256<float> o0 = Offsets(offsetType, at.First + at.Offsets), o1 = Offsets(offsetType, at.Second + at.Offsets), o2 = Offsets(offsetType, at.Third + at.Offsets), o3 = Offsets(offsetType, at.Fourth + at.Offsets);
        Vector256<float> y0 = Vector256.Load(y), y1 = Vector256.Load(y + Apart), y2 = Vector256.Load(y + (2 * Apart)), y3 = Vector256.Load(y + (3 * Apart));
        Vector256<int> mask = Vector256.Create((1 << bits) - 1);
        byte* w0 = at.First + at.Words, w1 = at.Second + at.Words, w2 = at.Third + at.Words, w3 = at.Fourth + at.Words;
        if (32 % bits != 0)
        {
            for (int k = 0; k < columns; k++)
            {
                Vector256<float> v = Vector256.Create(x[k]);
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
                Vector256<int> c0 = Vector256.Load((int*)w0), c1 = Vector256.Load((int*)w1), c2 = Vector256.Load((int*)w2), c3 = Vector256.Load((int*)w3);
                Sse.Prefetch0(w0 + Avx2Math.Ahead);
                Sse.Prefetch0(w1 + Avx2Math.Ahead);
                Sse.Prefetch0(w2 + Avx2Math.Ahead);
                Sse.Prefetch0(w3 + Avx2Math.Ahead);
                for (float* stop = x + (32 / bits); x < stop; x++)
                {
                    Vector256<float> v = Vector256.Create(*x);
                    y0 = Step<TLane>(c0, mask, s0, o0, v, y0);
                    y1 = Step<TLane>(c1, mask, s1, o1, v, y1);
                    y2 = Step<TLane>(c2, mask, s2, o2, v, y2);
                    y3 = Step<TLane>(c3, mask, s3, o3, v, y3);
                    c0 = Avx2.ShiftRightLogical(c0, shift);
                    c1 = Avx2.ShiftRightLogical(c1, shift);
                    c2 = Avx2.ShiftRightLogical(c2, shift);
                    c3 = Avx2.ShiftRightLogical(c3, shift);
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
    private static Vector256<float> Step<TLane>(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset, Vector256<float> x, Vector256<float> y)
        where TLane : struct, ILane => Fma.MultiplyAdd(TLane.Value(codes, mask, scale, offset), x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Offsets(TensorType type, byte* p) => type switch
    {
        TensorType.Packed => Vector256<float>.Zero,
        TensorType.I32 => Avx2.ConvertToVector256Int32(p).AsSingle(),
        _ => Numbers(type, p),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Numbers(TensorType type, byte* p) => type switch
    {
        TensorType.F32 => Avx.LoadVector256((float*)p),
        TensorType.F16 => Avx2Math.Halves(p),
        TensorType.BF16 => Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32((ushort*)p), 16).AsSingle(),
        TensorType.I8 => Powers(Avx2.ConvertToVector256Int32(p)),
        _ => throw new UnreachableException($"scales stored as {type}"),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Powers(Vector256<int> codes) =>
        Vector256.ConditionalSelect(Vector256.Equals(codes, Vector256<int>.Zero), Vector256.Create(0x00400000), Avx2.ShiftLeftLogical(codes, 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode<TLane>(int bits, byte* words, Vector256<float> scale, Vector256<float> offset, float* to)
        where TLane : struct, ILane
    {
        Vector256<int> mask = Vector256.Create((1 << bits) - 1);
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
            Vector256<int> codes = Vector256.Load((int*)words);
            for (int k = 0; k < 32; k += bits, to += Apart)
            {
                TLane.Value(codes, mask, scale, offset).Store(to);
                codes = Avx2.ShiftRightLogical(codes, shift);
            }
        }
    }

    /// <summary>Code k of the rows' streams of bits; it may lie across two words. What lies above it is not taken off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Code(int bits, byte* words, int k)
    {
        int at = k * bits;
        int shift = at & 31;
        byte* word = words + (at / 32 * 64);
        Vector256<int> v = Vector256.ShiftRightLogical(Vector256.Load((int*)word), shift);
        return shift + bits > 32 ? v | Vector256.ShiftLeft(Vector256.Load((int*)(word + 64)), 32 - shift) : v;
    }

    /// <summary>What the lowest bits of each lane mean.</summary>
    private interface ILane
    {
        static abstract Vector256<float> Value(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset);
    }

    private readonly struct AffineLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Value(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset) =>
            Avx.Add(Avx.Multiply(Avx.ConvertToVector256Single(codes & mask), scale), offset);
    }

    private readonly struct IntegerLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Value(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset) =>
            Avx.Multiply(Avx.ConvertToVector256Single(Avx2.Subtract(codes & mask, offset.AsInt32())), scale);
    }

    /// <summary>E2M1; the lookup heeds three bits of a lane, the fourth is the sign.</summary>
    private readonly struct LevelLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Value(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset)
        {
            Vector256<float> levels = Vector256.Create(0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f);
            Vector256<float> sign = Avx2.ShiftLeftLogical(codes, 28).AsSingle() & Vector256.Create(-0f);
            return Avx.Multiply(Avx2.PermuteVar8x32(levels, codes) | sign, scale);
        }
    }

    /// <summary>Sign, exponent and fraction go to their places in an f32, then the exponent is corrected by a multiplication that is exact.</summary>
    private readonly struct E4M3Lane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Value(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset)
        {
            Vector256<int> placed = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(codes, 24), 4) & Vector256.Create(unchecked((int)0x87f00000));
            return Avx.Multiply(Avx.Multiply(placed.AsSingle(), Vector256.Create(1.329227995784916e36f)), scale); // 2^120
        }
    }

    private readonly struct E5M2Lane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Value(Vector256<int> codes, Vector256<int> mask, Vector256<float> scale, Vector256<float> offset)
        {
            Vector256<int> placed = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(codes, 24), 3) & Vector256.Create(unchecked((int)0x8fe00000));
            return Avx.Multiply(Avx.Multiply(placed.AsSingle(), Vector256.Create(5.192296858534828e33f)), scale); // 2^112
        }
    }
}
