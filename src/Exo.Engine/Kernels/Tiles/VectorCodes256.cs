using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Products of super-blocks of codes, AVX2 or AVX-VNNI. A block of 16 rows is expanded into the first cache, then multiplied by all columns at hand.
/// AVX2: unsigned codes below 32 add four products of pairs in 16 bits; signed ones give their sign to the activations. VNNI: signed codes count from −128.
/// What codes count from is taken off by the activations' sums of 16.
/// </summary>
internal sealed unsafe class VectorCodes256(Codes256 format, bool vnni) : TileKernel
{
    private const int PairsAt = Codes256.ExpandedBytes;
    private const int OffsetsAt = PairsAt + 1024;
    private const int MinimaAt = OffsetsAt + 512;
    private const int RoomBytes = MinimaAt + 512;
    private const int SignedOffset = 128;

    private readonly bool _signed = format.IsSigned;
    private readonly bool _minima = format.HasMinima;
    private readonly int _offset = vnni && format.IsSigned ? SignedOffset : format.Offset;

    public override TensorType Type => format.Type;

    public override int BlockColumns => 256;

    public override int BlockBytes => format.BlockBytes;

    public override int ActivationGroup => 256;

    public override int RangeColumns => 1024;

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        for (int b = 0; b < blocks; b++)
        {
            format.Pack(rows + ((long)b * BlockBytes), (long)blocks * BlockBytes, tile + ((long)b * format.StepBytes));
        }
    }

    [SkipLocalsInit]
    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        byte* room = stackalloc byte[RoomBytes + 64];
        room = (byte*)(((nint)room + 63) & ~63);
        Activations at = x.From(panel);
        new Span<float>(y, Rows).Clear();
        int step = format.StepBytes;
        for (int b = 0; b < blocks; b++, tile += step)
        {
            for (int ahead = 0; ahead < step; ahead += 64)
            {
                Sse.Prefetch0(tile + Avx2Loads.Ahead + ahead);
            }

            format.Expand(tile, room);
            Prepare(room);
            Single(room, at.Bytes + (b * 256L), at.Scales + b, at.Sums16 + (b * 16L), y);
        }
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        for (int b = firstBlock; b < endBlock; b++)
        {
            byte* room = scratch + ((b - firstBlock) * RoomBytes);
            format.Expand(tile + ((long)b * format.StepBytes), room);
            Prepare(room);
        }

        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            int width = x.Width(p);
            for (int b = firstBlock; b < endBlock; b++)
            {
                byte* room = scratch + ((b - firstBlock) * RoomBytes);
                long at = ((long)p * 4 * blocks) + ((long)b * width);
                if (width == 1)
                {
                    Single(room, x.Bytes + (at * 256), x.Scales + at, x.Sums16 + (at * 16), sums);
                }
                else
                {
                    Four(room, x.Bytes + (at * 256), x.Scales + at, x.Sums16 + (at * 16), sums);
                }
            }
        }
    }

    /// <summary>Per dword the 16-bit pair (byte i, byte j), in the upper halves of its lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Upper(Vector256<byte> words, uint i, uint j)
    {
        Vector256<uint> places = Vector256.Create(0x00800080u | (i << 8) | (j << 24)) + Vector256.Create(0u, 0x04000400, 0x08000800, 0x0C000C00, 0u, 0x04000400, 0x08000800, 0x0C000C00);
        return Avx2.Shuffle(words, places.AsByte()).AsInt16();
    }

    /// <summary>Widens scales and minima to what the multiply-adds take.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prepare(byte* room)
    {
        Vector256<short> offset = Vector256.Create((short)-_offset);
        for (int i = 0; i < 8; i++)
        {
            int word = i / 2;
            int half = i % 2 * 32;
            Vector256<byte> scales = Avx.LoadVector256(room + Codes256.ScalesAt + (i * 32));
            byte* pairs = room + PairsAt + (word * 256) + half;
            Store(scales, 0, pairs);
            Store(scales, 1, pairs + 64);
            Store(scales, 2, pairs + 128);
            Store(scales, 3, pairs + 192);
            if (_offset != 0)
            {
                byte* offsets = room + OffsetsAt + (word * 128) + half;
                Avx2.MultiplyLow(Avx2.ShiftRightArithmetic(Upper(scales, 0, 1), 8), offset).Store((short*)offsets);
                Avx2.MultiplyLow(Avx2.ShiftRightArithmetic(Upper(scales, 2, 3), 8), offset).Store((short*)(offsets + 64));
            }

            if (_minima)
            {
                Vector256<byte> minima = Avx.LoadVector256(room + Codes256.MinimaAt + (i * 32));
                byte* to = room + MinimaAt + (word * 128) + half;
                Avx2.ShiftRightLogical(Upper(minima, 0, 1), 8).Store((short*)to);
                Avx2.ShiftRightLogical(Upper(minima, 2, 3), 8).Store((short*)(to + 64));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(Vector256<byte> scales, uint i, byte* to)
    {
        Vector256<short> pair = Upper(scales, i, i);
        if (vnni)
        {
            Avx2.ShiftRightArithmetic(pair.AsInt32(), 24).Store((int*)to);
        }
        else
        {
            Avx2.ShiftRightArithmetic(pair, 8).Store((short*)to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Single(byte* room, sbyte* a, float* d, short* sums16, float* y)
    {
        for (int half = 0; half < 64; half += 32, y += 8)
        {
            Vector256<int> sum = vnni ? Vnni1(room + half, a, _signed ? (byte)0x80 : (byte)0) : _signed ? Signed1(room + half, a) : Small1(room + half, a);
            Finish(room + half, sum, d, sums16, y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Four(byte* room, sbyte* a, float* d, short* sums16, float* y)
    {
        for (int half = 0; half < 64; half += 32, y += 8)
        {
            Vector256<int> i0 = default, i1 = default, i2 = default, i3 = default;
            if (vnni)
            {
                Vnni4(room + half, a, _signed ? (byte)0x80 : (byte)0, ref i0, ref i1, ref i2, ref i3);
            }
            else if (_signed)
            {
                Signed4(room + half, a, ref i0, ref i1, ref i2, ref i3);
            }
            else
            {
                Small4(room + half, a, ref i0, ref i1, ref i2, ref i3);
            }

            Finish(room + half, i0, d, sums16, y);
            Finish(room + half, i1, d + 1, sums16 + 16, y + 16);
            Finish(room + half, i2, d + 2, sums16 + 32, y + 32);
            Finish(room + half, i3, d + 3, sums16 + 48, y + 48);
        }
    }

    /// <summary>Takes off the offset, multiplies by the factors and adds to eight rows' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(byte* room, Vector256<int> sum, float* d, short* sums16, float* y)
    {
        if (_offset != 0)
        {
            sum = Avx2.Add(sum, Weighted(room + OffsetsAt, (int*)sums16));
        }

        Vector256<float> da = Avx2Loads.All(d);
        Vector256<float> result = Fma.MultiplyAdd(Avx.ConvertToVector256Single(sum), Avx.Multiply(Avx.LoadVector256((float*)(room + Codes256.FactorsAt)), da), Avx.LoadVector256(y));
        if (_minima)
        {
            Vector256<int> minima = Weighted(room + MinimaAt, (int*)sums16);
            result = Fma.MultiplyAddNegated(Avx.ConvertToVector256Single(minima), Avx.Multiply(Avx.LoadVector256((float*)(room + Codes256.MinimumFactorsAt)), da), result);
        }

        result.Store(y);
    }

    /// <summary>Σ over eight pairs of sub-blocks of weight times sum of activations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Weighted(byte* pairs, int* sums)
    {
        Vector256<int> even = Vector256<int>.Zero;
        Vector256<int> odd = Vector256<int>.Zero;
        for (int i = 0; i < 8; i += 2, pairs += 128)
        {
            even = Avx2.Add(even, Avx2.MultiplyAddAdjacent(Avx.LoadVector256((short*)pairs), Avx2.BroadcastScalarToVector256(sums + i).AsInt16()));
            odd = Avx2.Add(odd, Avx2.MultiplyAddAdjacent(Avx.LoadVector256((short*)(pairs + 64)), Avx2.BroadcastScalarToVector256(sums + i + 1).AsInt16()));
        }

        return Avx2.Add(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<int> Small1(byte* q, sbyte* a)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        short* scale = (short*)(q + PairsAt);
        for (int j = 0; j < 16; j++, q += 256, a += 16, scale += 32)
        {
            sum = Avx2.Add(sum, Avx2.MultiplyAddAdjacent(SmallDot(Avx.LoadVector256(q), Avx.LoadVector256(q + 64), Avx.LoadVector256(q + 128), Avx.LoadVector256(q + 192), a), Avx.LoadVector256(scale)));
        }

        return sum;
    }

    /// <summary>8 · 31 · 127 fits 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> SmallDot(Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, sbyte* a) => Avx2.Add(
        Avx2.Add(Avx2.MultiplyAddAdjacent(w0, Avx2Loads.Four(a).AsSByte()), Avx2.MultiplyAddAdjacent(w1, Avx2Loads.Four(a + 4).AsSByte())),
        Avx2.Add(Avx2.MultiplyAddAdjacent(w2, Avx2Loads.Four(a + 8).AsSByte()), Avx2.MultiplyAddAdjacent(w3, Avx2Loads.Four(a + 12).AsSByte())));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Small4(byte* q, sbyte* a, ref Vector256<int> i0, ref Vector256<int> i1, ref Vector256<int> i2, ref Vector256<int> i3)
    {
        Vector256<int> s0 = i0, s1 = i1, s2 = i2, s3 = i3;
        short* scales = (short*)(q + PairsAt);
        for (int j = 0; j < 16; j++, q += 256, a += 16, scales += 32)
        {
            Vector256<byte> w0 = Avx.LoadVector256(q), w1 = Avx.LoadVector256(q + 64), w2 = Avx.LoadVector256(q + 128), w3 = Avx.LoadVector256(q + 192);
            Vector256<short> scale = Avx.LoadVector256(scales);
            s0 = Avx2.Add(s0, Avx2.MultiplyAddAdjacent(SmallDot(w0, w1, w2, w3, a), scale));
            s1 = Avx2.Add(s1, Avx2.MultiplyAddAdjacent(SmallDot(w0, w1, w2, w3, a + 256), scale));
            s2 = Avx2.Add(s2, Avx2.MultiplyAddAdjacent(SmallDot(w0, w1, w2, w3, a + 512), scale));
            s3 = Avx2.Add(s3, Avx2.MultiplyAddAdjacent(SmallDot(w0, w1, w2, w3, a + 768), scale));
        }

        (i0, i1, i2, i3) = (s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<int> Signed1(byte* q, sbyte* a)
    {
        Vector256<int> even = Vector256<int>.Zero;
        Vector256<int> odd = Vector256<int>.Zero;
        short* scales = (short*)(q + PairsAt);
        for (int j = 0; j < 16; j++, q += 256, a += 16, scales += 32)
        {
            Vector256<short> scale = Avx.LoadVector256(scales);
            even = Avx2.Add(even, SignedDot(Avx.LoadVector256((sbyte*)q), a, scale));
            odd = Avx2.Add(odd, SignedDot(Avx.LoadVector256((sbyte*)q + 64), a + 4, scale));
            even = Avx2.Add(even, SignedDot(Avx.LoadVector256((sbyte*)q + 128), a + 8, scale));
            odd = Avx2.Add(odd, SignedDot(Avx.LoadVector256((sbyte*)q + 192), a + 12, scale));
        }

        return Avx2.Add(even, odd);
    }

    /// <summary>2 · 128 · 127 fits 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SignedDot(Vector256<sbyte> w, sbyte* a, Vector256<short> scale) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(w), Avx2.Sign(Avx2Loads.Four(a).AsSByte(), w)), scale);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Signed4(byte* q, sbyte* a, ref Vector256<int> i0, ref Vector256<int> i1, ref Vector256<int> i2, ref Vector256<int> i3)
    {
        Vector256<int> s0 = i0, s1 = i1, s2 = i2, s3 = i3;
        short* scales = (short*)(q + PairsAt);
        for (int j = 0; j < 16; j++, scales += 32)
        {
            Vector256<short> scale = Avx.LoadVector256(scales);
            for (int c = 0; c < 4; c++, q += 64, a += 4)
            {
                Vector256<sbyte> w = Avx.LoadVector256((sbyte*)q);
                s0 = Avx2.Add(s0, SignedDot(w, a, scale));
                s1 = Avx2.Add(s1, SignedDot(w, a + 256, scale));
                s2 = Avx2.Add(s2, SignedDot(w, a + 512, scale));
                s3 = Avx2.Add(s3, SignedDot(w, a + 768, scale));
            }
        }

        (i0, i1, i2, i3) = (s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<int> Vnni1(byte* q, sbyte* a, byte flip)
    {
        Vector256<byte> turn = Vector256.Create(flip);
        Vector256<int> even = Vector256<int>.Zero;
        Vector256<int> odd = Vector256<int>.Zero;
        int* scales = (int*)(q + PairsAt);
        for (int j = 0; j < 16; j += 2, q += 512, a += 32, scales += 32)
        {
            even = Avx2.Add(even, Avx2.MultiplyLow(VnniDot(q, a, turn), Avx.LoadVector256(scales)));
            odd = Avx2.Add(odd, Avx2.MultiplyLow(VnniDot(q + 256, a + 16, turn), Avx.LoadVector256(scales + 16)));
        }

        return Avx2.Add(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> VnniDot(byte* q, sbyte* a, Vector256<byte> turn)
    {
        Vector256<int> p = AvxVnni.MultiplyWideningAndAdd(Vector256<int>.Zero, Avx.LoadVector256(q) ^ turn, Avx2Loads.Four(a).AsSByte());
        p = AvxVnni.MultiplyWideningAndAdd(p, Avx.LoadVector256(q + 64) ^ turn, Avx2Loads.Four(a + 4).AsSByte());
        p = AvxVnni.MultiplyWideningAndAdd(p, Avx.LoadVector256(q + 128) ^ turn, Avx2Loads.Four(a + 8).AsSByte());
        return AvxVnni.MultiplyWideningAndAdd(p, Avx.LoadVector256(q + 192) ^ turn, Avx2Loads.Four(a + 12).AsSByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vnni4(byte* q, sbyte* a, byte flip, ref Vector256<int> i0, ref Vector256<int> i1, ref Vector256<int> i2, ref Vector256<int> i3)
    {
        Vector256<byte> turn = Vector256.Create(flip);
        Vector256<int> s0 = i0, s1 = i1, s2 = i2, s3 = i3;
        int* scales = (int*)(q + PairsAt);
        for (int j = 0; j < 16; j++, q += 256, a += 16, scales += 16)
        {
            Vector256<int> p0 = default, p1 = default, p2 = default, p3 = default;
            VnniStep.Four(Avx.LoadVector256(q) ^ turn, a, ref p0, ref p1, ref p2, ref p3);
            VnniStep.Four(Avx.LoadVector256(q + 64) ^ turn, a + 4, ref p0, ref p1, ref p2, ref p3);
            VnniStep.Four(Avx.LoadVector256(q + 128) ^ turn, a + 8, ref p0, ref p1, ref p2, ref p3);
            VnniStep.Four(Avx.LoadVector256(q + 192) ^ turn, a + 12, ref p0, ref p1, ref p2, ref p3);
            Vector256<int> scale = Avx.LoadVector256(scales);
            s0 = Avx2.Add(s0, Avx2.MultiplyLow(p0, scale));
            s1 = Avx2.Add(s1, Avx2.MultiplyLow(p1, scale));
            s2 = Avx2.Add(s2, Avx2.MultiplyLow(p2, scale));
            s3 = Avx2.Add(s3, Avx2.MultiplyLow(p3, scale));
        }

        (i0, i1, i2, i3) = (s0, s1, s2, s3);
    }
}
