using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Decodes and multiplies the columns of rows whose words of codes lie transposed, a lane for each row: the numbers of <see cref="GroupedRows"/>, with its
/// roundings.
/// </summary>
/// <typeparam name="TWidth">How many rows at once, and by which instructions.</typeparam>
/// <typeparam name="TFloats">Its lanes of f32.</typeparam>
/// <typeparam name="TInts">Its lanes of 32 bits.</typeparam>
internal static unsafe class LaneProducts<TWidth, TFloats, TInts>
    where TWidth : struct, ILaneWidth<TFloats, TInts>
    where TFloats : struct
    where TInts : struct
{
    private const int Apart = TileKernel.Rows;

    /// <summary>Decodes 32 columns.</summary>
    /// <param name="scheme">What codes mean.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="scaleType">Of scales, and of MLX's biases.</param>
    /// <param name="words">Word w of the rows at 64 w.</param>
    /// <param name="scales">The group's scales of the rows.</param>
    /// <param name="offsets">The group's biases or zero points of the rows.</param>
    /// <param name="to">[32][16], as many of each used as there are lanes.</param>
    public static void Decode(PackedScheme scheme, int bits, TensorType scaleType, byte* words, byte* scales, byte* offsets, float* to)
    {
        TFloats scale = TWidth.Numbers(scaleType, scales);
        switch (scheme)
        {
            case PackedScheme.MlxAffine:
                Decode<AffineLane>(bits, words, scale, TWidth.Numbers(scaleType, offsets), to);
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
        TFloats s0 = TWidth.Numbers(scaleType, at.First + at.Scales), s1 = TWidth.Numbers(scaleType, at.Second + at.Scales), s2 = TWidth.Numbers(scaleType, at.Third + at.Scales), s3 = TWidth.Numbers(scaleType, at.Fourth + at.Scales);
        TFloats o0 = Offsets(offsetType, at.First + at.Offsets), o1 = Offsets(offsetType, at.Second + at.Offsets), o2 = Offsets(offsetType, at.Third + at.Offsets), o3 = Offsets(offsetType, at.Fourth + at.Offsets);
        TFloats y0 = TWidth.Load(y), y1 = TWidth.Load(y + Apart), y2 = TWidth.Load(y + (2 * Apart)), y3 = TWidth.Load(y + (3 * Apart));
        TInts mask = TWidth.All((1 << bits) - 1);
        byte* w0 = at.First + at.Words, w1 = at.Second + at.Words, w2 = at.Third + at.Words, w3 = at.Fourth + at.Words;
        if (32 % bits != 0)
        {
            for (int k = 0; k < columns; k++)
            {
                TFloats v = TWidth.All(x[k]);
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
                TInts c0 = TWidth.Words(w0), c1 = TWidth.Words(w1), c2 = TWidth.Words(w2), c3 = TWidth.Words(w3);
                Sse.Prefetch0(w0 + Avx2Loads.Ahead);
                Sse.Prefetch0(w1 + Avx2Loads.Ahead);
                Sse.Prefetch0(w2 + Avx2Loads.Ahead);
                Sse.Prefetch0(w3 + Avx2Loads.Ahead);
                for (float* stop = x + (32 / bits); x < stop; x++)
                {
                    TFloats v = TWidth.All(*x);
                    y0 = Step<TLane>(c0, mask, s0, o0, v, y0);
                    y1 = Step<TLane>(c1, mask, s1, o1, v, y1);
                    y2 = Step<TLane>(c2, mask, s2, o2, v, y2);
                    y3 = Step<TLane>(c3, mask, s3, o3, v, y3);
                    c0 = TWidth.Right(c0, shift);
                    c1 = TWidth.Right(c1, shift);
                    c2 = TWidth.Right(c2, shift);
                    c3 = TWidth.Right(c3, shift);
                }

                w0 += 64;
                w1 += 64;
                w2 += 64;
                w3 += 64;
            }
        }

        TWidth.Store(y0, y);
        TWidth.Store(y1, y + Apart);
        TWidth.Store(y2, y + (2 * Apart));
        TWidth.Store(y3, y + (3 * Apart));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloats Step<TLane>(TInts codes, TInts mask, TFloats scale, TFloats offset, TFloats x, TFloats y)
        where TLane : struct, ILane => TWidth.MultiplyAdd(TLane.Value(codes, mask, scale, offset), x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloats Offsets(TensorType type, byte* p) => type switch
    {
        TensorType.Packed => default,
        TensorType.I32 => TWidth.ZeroPoints(p),
        _ => TWidth.Numbers(type, p),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode<TLane>(int bits, byte* words, TFloats scale, TFloats offset, float* to)
        where TLane : struct, ILane
    {
        TInts mask = TWidth.All((1 << bits) - 1);
        Vector128<int> shift = Vector128.CreateScalar(bits);
        if (32 % bits != 0)
        {
            for (int k = 0; k < GroupedTiles.Columns; k++, to += Apart)
            {
                TWidth.Store(TLane.Value(Code(bits, words, k), mask, scale, offset), to);
            }

            return;
        }

        for (int w = 0; w < bits; w++, words += 64)
        {
            TInts codes = TWidth.Words(words);
            for (int k = 0; k < 32; k += bits, to += Apart)
            {
                TWidth.Store(TLane.Value(codes, mask, scale, offset), to);
                codes = TWidth.Right(codes, shift);
            }
        }
    }

    /// <summary>Code k of the rows' streams of bits; it may lie across two words. What lies above it is not taken off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInts Code(int bits, byte* words, int k)
    {
        int at = k * bits;
        int shift = at & 31;
        byte* word = words + (at / 32 * 64);
        TInts v = TWidth.Right(TWidth.Words(word), shift);
        return shift + bits > 32 ? TWidth.Or(v, TWidth.Left(TWidth.Words(word + 64), 32 - shift)) : v;
    }

    /// <summary>What the lowest bits of each lane mean.</summary>
    private interface ILane
    {
        static abstract TFloats Value(TInts codes, TInts mask, TFloats scale, TFloats offset);
    }

    private readonly struct AffineLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Value(TInts codes, TInts mask, TFloats scale, TFloats offset) =>
            TWidth.Add(TWidth.Multiply(TWidth.ToFloats(TWidth.And(codes, mask)), scale), offset);
    }

    private readonly struct IntegerLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Value(TInts codes, TInts mask, TFloats scale, TFloats offset) =>
            TWidth.Multiply(TWidth.ToFloats(TWidth.Subtract(TWidth.And(codes, mask), offset)), scale);
    }

    private readonly struct LevelLane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Value(TInts codes, TInts mask, TFloats scale, TFloats offset) => TWidth.Multiply(TWidth.Levels(codes), scale);
    }

    /// <summary>Sign, exponent and fraction go to their places in an f32, then the exponent is corrected by a multiplication that is exact.</summary>
    private readonly struct E4M3Lane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Value(TInts codes, TInts mask, TFloats scale, TFloats offset)
        {
            TInts placed = TWidth.And(TWidth.RightSigned(TWidth.Left(codes, 24), 4), TWidth.All(unchecked((int)0x87f00000)));
            return TWidth.Multiply(TWidth.Multiply(TWidth.Bits(placed), TWidth.All(1.329227995784916e36f)), scale); // 2^120
        }
    }

    private readonly struct E5M2Lane : ILane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Value(TInts codes, TInts mask, TFloats scale, TFloats offset)
        {
            TInts placed = TWidth.And(TWidth.RightSigned(TWidth.Left(codes, 24), 3), TWidth.All(unchecked((int)0x8fe00000)));
            return TWidth.Multiply(TWidth.Multiply(TWidth.Bits(placed), TWidth.All(5.192296858534828e33f)), scale); // 2^112
        }
    }
}
