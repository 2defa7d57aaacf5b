using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// GGUF block_q4_K (Blocks256.Q4K). Per super-block acc = fma((float)Σ sc·Σ q·a, d·da, acc), then acc = fma((float)−Σ m·Σ a, dmin·da, acc).
/// </summary>
internal sealed unsafe class ScalarQ4K : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q4_K;

    public override int BlockColumns => 256;

    public override int BlockBytes => 144;

    public override int ActivationGroup => 256;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += 144)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 256);
            int codes = 0;
            int minima = 0;
            for (int j = 0; j < 8; j++)
            {
                (int scale, int min) = Blocks256.ScaleMin(row + 4, j);
                byte* nibbles = row + 16 + (j / 2 * 32);
                int dot = 0;
                int total = 0;
                for (int i = 0; i < 32; i++)
                {
                    dot += ((nibbles[i] >> ((j & 1) * 4)) & 15) * a[(j * 32) + i];
                    total += a[(j * 32) + i];
                }

                codes += scale * dot;
                minima += min * total;
            }

            float da = x.Scales[index];
            sum = MathF.FusedMultiplyAdd(codes, HalfBits.ToSingle(*(ushort*)row) * da, sum);
            sum = MathF.FusedMultiplyAdd(-minima, HalfBits.ToSingle(*(ushort*)(row + 2)) * da, sum);
        }

        return sum;
    }
}

/// <summary>
/// Tile block: 16 f16 d, 16 f16 dmin, 3 words of packed scales of the 16 rows, then for each pair j of sub-blocks 8 words of nibbles:
/// low ones are sub-block 2j, high ones 2j + 1. The 6-bit scale costs nothing: it takes the place of the ones in the last multiply-add.
/// </summary>
internal unsafe class Avx2Q4K : TileKernel
{
    protected const int StepBytes = 2304;

    /// <summary>Scratch of a block: 8 scale pairs and 4 pairs of minima of 16 rows, d and dmin as floats; before them, where expanded, a byte per weight.</summary>
    protected const int SideBytes = 896;
    protected const int CodeBytes = 4096;

    public override TensorType Type => TensorType.Q4_K;

    public override int BlockColumns => 256;

    public override int BlockBytes => 144;

    public override int ActivationGroup => 256;

    public override int RangeColumns => 1024;

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        for (int b = 0; b < blocks; b++, tile += StepBytes, rows += 144)
        {
            Halves(rows, (long)blocks * 144, tile);
            Halves(rows + 2, (long)blocks * 144, tile + 32);
            Words(rows + 4, (long)blocks * 144, 35, tile + 64);
        }
    }

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        Activations at = x.From(panel);
        One(tile, blocks, at.Bytes, at.Scales, at.Sums, y);
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        // Few columns: from the packed nibbles. Many: the range is expanded once.
        bool expand = endPanel - firstPanel > 2;
        byte* room = scratch;
        for (int b = firstBlock; b < endBlock; b++)
        {
            if (expand)
            {
                Expand(tile + ((long)b * StepBytes), room);
                room += CodeBytes;
            }

            Sides(tile + ((long)b * StepBytes), room);
            room += SideBytes;
        }

        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            long at = (((long)p * blocks) + firstBlock) * 4;
            if (x.Width(p) == 1)
            {
                if (firstBlock == 0)
                {
                    One(tile, blocks, x, p, sums);
                }
            }
            else if (expand)
            {
                FourExpanded(scratch, endBlock - firstBlock, x.Bytes + (at * 256), x.Scales + at, x.Sums + (at * 4), sums);
            }
            else
            {
                FourPacked(tile + ((long)firstBlock * StepBytes) + 256, scratch, endBlock - firstBlock, x.Bytes + (at * 256), x.Scales + at, x.Sums + (at * 4), sums, p == firstPanel ? Avx2Loads.Ahead : 0);
            }
        }
    }

    /// <summary>Eight rows' scales as bytes: scales 0-3, 4-7, minima 0-3, 4-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scales(byte* t, out Vector256<byte> a, out Vector256<byte> b, out Vector256<byte> m, out Vector256<byte> n)
    {
        Vector256<byte> x = Avx.LoadVector256(t);
        Vector256<byte> y = Avx.LoadVector256(t + 64);
        Vector256<byte> z = Avx.LoadVector256(t + 128);
        Vector256<byte> six = Vector256.Create((byte)63);
        Vector256<byte> four = Vector256.Create((byte)15);
        Vector256<byte> high = Vector256.Create((byte)48);
        a = Avx2.And(x, six);
        m = Avx2.And(y, six);
        b = Avx2.Or(Avx2.And(z, four), Avx2.And(Avx2.ShiftRightLogical(x.AsUInt16(), 2).AsByte(), high));
        n = Avx2.Or(Avx2.And(Avx2.ShiftRightLogical(z.AsUInt16(), 4).AsByte(), four), Avx2.And(Avx2.ShiftRightLogical(y.AsUInt16(), 2).AsByte(), high));
    }

    /// <summary>Per word the 16-bit pair (byte i, byte j).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(Vector256<byte> s, int i, int j)
    {
        uint w = (uint)(i | 0x8000 | (j << 16)) | 0x80000000u;
        return Avx2.Shuffle(s, (Vector256.Create(w) + Vector256.Create(0u, 0x00040004, 0x00080008, 0x000C000C, 0u, 0x00040004, 0x00080008, 0x000C000C)).AsByte()).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Minima(Vector256<short> m0, Vector256<short> m1, Vector256<short> m2, Vector256<short> m3, int* s) => Avx2.Add(
        Avx2.Add(Avx2.MultiplyAddAdjacent(m0, Avx2.BroadcastScalarToVector256(s).AsInt16()), Avx2.MultiplyAddAdjacent(m1, Avx2.BroadcastScalarToVector256(s + 1).AsInt16())),
        Avx2.Add(Avx2.MultiplyAddAdjacent(m2, Avx2.BroadcastScalarToVector256(s + 2).AsInt16()), Avx2.MultiplyAddAdjacent(m3, Avx2.BroadcastScalarToVector256(s + 3).AsInt16())));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* t, int blocks, sbyte* a, float* d, int* s, float* y)
    {
        Vector256<float> sum0 = Vector256<float>.Zero;
        Vector256<float> sum1 = Vector256<float>.Zero;
        byte* room = stackalloc byte[512 + 32];
        room = (byte*)(((nint)room + 31) & ~31);
        Vector256<byte> m = Vector256.Create((byte)15);
        for (int b = 0; b < blocks; b++, t += StepBytes, d++, s += 4)
        {
            Vector256<int> m0 = Prepare(t + 64, room, s);
            Vector256<int> m1 = Prepare(t + 96, room + 32, s);
            Vector256<int> i0 = default, i1 = default;
            byte* q = t + 256;
            byte* sc = room;
            for (int j = 0; j < 4; j++, q += 512, a += 64, sc += 128)
            {
                for (int i = 0; i < 512; i += 64)
                {
                    Sse.Prefetch0(q + Avx2Loads.Ahead + i);
                }

                Vector256<short> l0 = default, l1 = default, h0 = default, h1 = default;
                for (int c = 0; c < 512; c += 256)
                {
                    sbyte* e = a + (c / 16);
                    Quad(q + c, e, m, ref l0, ref h0, ref l1, ref h1);
                    Quad(q + c + 64, e + 4, m, ref l0, ref h0, ref l1, ref h1);
                    Quad(q + c + 128, e + 8, m, ref l0, ref h0, ref l1, ref h1);
                    Quad(q + c + 192, e + 12, m, ref l0, ref h0, ref l1, ref h1);
                }

                i0 = Avx2.Add(Avx2.Add(i0, Avx2.MultiplyAddAdjacent(l0, Avx.LoadVector256((short*)sc))), Avx2.MultiplyAddAdjacent(h0, Avx.LoadVector256((short*)sc + 32)));
                i1 = Avx2.Add(Avx2.Add(i1, Avx2.MultiplyAddAdjacent(l1, Avx.LoadVector256((short*)sc + 16))), Avx2.MultiplyAddAdjacent(h1, Avx.LoadVector256((short*)sc + 48)));
            }

            Vector256<float> da = Avx2Loads.All(d);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i0), Avx.Multiply(Avx2Loads.Halves(t), da), sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i1), Avx.Multiply(Avx2Loads.Halves(t + 16), da), sum1);
            sum0 = Fma.MultiplyAddNegated(Avx.ConvertToVector256Single(m0), Avx.Multiply(Avx2Loads.Halves(t + 32), da), sum0);
            sum1 = Fma.MultiplyAddNegated(Avx.ConvertToVector256Single(m1), Avx.Multiply(Avx2Loads.Halves(t + 48), da), sum1);
        }

        sum0.Store(y);
        sum1.Store(y + 8);
    }

    /// <summary>Stores the eight (scale, scale) pairs of eight rows, 64 bytes apart, and returns the sum of min times activation sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Prepare(byte* t, byte* room, int* s)
    {
        Scales(t, out Vector256<byte> sa, out Vector256<byte> sb, out Vector256<byte> ma, out Vector256<byte> mb);
        short* o = (short*)room;
        Pair(sa, 0, 0).Store(o);
        Pair(sa, 1, 1).Store(o + 32);
        Pair(sa, 2, 2).Store(o + 64);
        Pair(sa, 3, 3).Store(o + 96);
        Pair(sb, 0, 0).Store(o + 128);
        Pair(sb, 1, 1).Store(o + 160);
        Pair(sb, 2, 2).Store(o + 192);
        Pair(sb, 3, 3).Store(o + 224);
        return Minima(Pair(ma, 0, 1), Pair(ma, 2, 3), Pair(mb, 0, 1), Pair(mb, 2, 3), s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(byte* t, sbyte* a, Vector256<byte> m, ref Vector256<short> l0, ref Vector256<short> h0, ref Vector256<short> l1, ref Vector256<short> h1)
    {
        Vector256<byte> v = Avx.LoadVector256(t);
        Vector256<byte> w = Avx.LoadVector256(t + 32);
        Vector256<sbyte> x = Avx2Loads.Four(a).AsSByte();
        Vector256<sbyte> z = Avx2Loads.Four(a + 32).AsSByte();
        l0 = Avx2.Add(l0, Avx2.MultiplyAddAdjacent(Avx2.And(v, m), x));
        l1 = Avx2.Add(l1, Avx2.MultiplyAddAdjacent(Avx2.And(w, m), x));
        h0 = Avx2.Add(h0, Avx2.MultiplyAddAdjacent(Avx2.And(Avx2.ShiftRightLogical(v.AsUInt16(), 4).AsByte(), m), z));
        h1 = Avx2.Add(h1, Avx2.MultiplyAddAdjacent(Avx2.And(Avx2.ShiftRightLogical(w.AsUInt16(), 4).AsByte(), m), z));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void Sides(byte* t, byte* room)
    {
        for (int h = 0; h < 64; h += 32)
        {
            Scales(t + 64 + h, out Vector256<byte> sa, out Vector256<byte> sb, out Vector256<byte> ma, out Vector256<byte> mb);
            for (int i = 0; i < 4; i++)
            {
                Pair(sa, i, i).Store((short*)(room + (i * 64) + h));
                Pair(sb, i, i).Store((short*)(room + 256 + (i * 64) + h));
            }

            Pair(ma, 0, 1).Store((short*)(room + 512 + h));
            Pair(ma, 2, 3).Store((short*)(room + 576 + h));
            Pair(mb, 0, 1).Store((short*)(room + 640 + h));
            Pair(mb, 2, 3).Store((short*)(room + 704 + h));
            Avx2Loads.Halves(t + (h / 2)).Store((float*)(room + 768 + h));
            Avx2Loads.Halves(t + 32 + (h / 2)).Store((float*)(room + 832 + h));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void Expand(byte* t, byte* room)
    {
        Vector256<byte> m = Vector256.Create((byte)15);
        for (int j = 0; j < 4; j++)
        {
            for (int c = 0; c < 512; c += 32)
            {
                byte* q = t + 256 + (j * 512) + c;
                Vector256<byte> v = Avx.LoadVector256(q);
                if ((c & 32) == 0)
                {
                    Sse.Prefetch0(q + Avx2Loads.Ahead);
                }

                Avx2.And(v, m).Store(room + (j * 1024) + c);
                Avx2.And(Avx2.ShiftRightLogical(v.AsUInt16(), 4).AsByte(), m).Store(room + (j * 1024) + 512 + c);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourExpanded(byte* room, int blocks, sbyte* a, float* d, int* s, float* sums) =>
        Four(true, room, CodeBytes + SideBytes, room + CodeBytes, CodeBytes + SideBytes, blocks, a, d, s, sums, 0);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourPacked(byte* nibbles, byte* side, int blocks, sbyte* a, float* d, int* s, float* sums, int ahead) =>
        Four(false, nibbles, StepBytes, side, SideBytes, blocks, a, d, s, sums, ahead);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(bool expanded, byte* codes, int codeStep, byte* side, int sideStep, int blocks, sbyte* a, float* d, int* s, float* sums, int ahead)
    {
        int* si = stackalloc int[64 + 8];
        si = (int*)(((nint)si + 31) & ~31);
        for (int b = 0; b < blocks; b++, d += 4, s += 16, a += 768, codes += codeStep, side += sideStep)
        {
            byte* sc = side;
            byte* q = codes;
            for (int i = 0; i < 8; i++)
            {
                Vector256<int>.Zero.Store(si + (i * 8));
            }

            for (int j = 0; j < 8; j++, a += 32, sc += 64)
            {
                Vector128<ushort> shift = Vector128.CreateScalar((ushort)((j & 1) * 4));
                if (ahead != 0)
                {
                    byte* z = q + ahead + ((j & 1) * 256);
                    Sse.Prefetch0(z);
                    Sse.Prefetch0(z + 64);
                    Sse.Prefetch0(z + 128);
                    Sse.Prefetch0(z + 192);
                }

                Vector256<short> p0 = default, q0 = default, p1 = default, q1 = default, p2 = default, q2 = default, p3 = default, q3 = default;
                for (int c = 0; c < 8; c++)
                {
                    Vector256<byte> w0 = Codes(expanded, q + (c * 64), shift);
                    Vector256<byte> w1 = Codes(expanded, q + (c * 64) + 32, shift);
                    sbyte* x = a + (c * 4);
                    Column(w0, w1, x, ref p0, ref q0);
                    Column(w0, w1, x + 256, ref p1, ref q1);
                    Column(w0, w1, x + 512, ref p2, ref q2);
                    Column(w0, w1, x + 768, ref p3, ref q3);
                }

                Vector256<short> c0 = Avx.LoadVector256((short*)sc);
                Vector256<short> c1 = Avx.LoadVector256((short*)sc + 16);
                AddTo(si, Avx2.MultiplyAddAdjacent(p0, c0));
                AddTo(si + 8, Avx2.MultiplyAddAdjacent(q0, c1));
                AddTo(si + 16, Avx2.MultiplyAddAdjacent(p1, c0));
                AddTo(si + 24, Avx2.MultiplyAddAdjacent(q1, c1));
                AddTo(si + 32, Avx2.MultiplyAddAdjacent(p2, c0));
                AddTo(si + 40, Avx2.MultiplyAddAdjacent(q2, c1));
                AddTo(si + 48, Avx2.MultiplyAddAdjacent(p3, c0));
                AddTo(si + 56, Avx2.MultiplyAddAdjacent(q3, c1));
                q += expanded || (j & 1) == 1 ? 512 : 0;
            }

            Finish(side + 512, d, s, si, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void Finish(byte* side, float* d, int* s, int* si, float* sums)
    {
        for (int h = 0; h < 2; h++)
        {
            Vector256<short> m0 = Avx.LoadVector256((short*)side + (h * 16));
            Vector256<short> m1 = Avx.LoadVector256((short*)(side + 64) + (h * 16));
            Vector256<short> m2 = Avx.LoadVector256((short*)(side + 128) + (h * 16));
            Vector256<short> m3 = Avx.LoadVector256((short*)(side + 192) + (h * 16));
            Vector256<float> scale = Avx.LoadVector256((float*)(side + 256) + (h * 8));
            Vector256<float> min = Avx.LoadVector256((float*)(side + 320) + (h * 8));
            for (int c = 0; c < 4; c++)
            {
                Vector256<float> da = Avx2Loads.All(d + c);
                float* o = sums + (c * 16) + (h * 8);
                Vector256<int> minima = Minima(m0, m1, m2, m3, s + (c * 4));
                Vector256<float> r = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx.LoadVector256(si + (c * 16) + (h * 8))), Avx.Multiply(scale, da), Avx.LoadVector256(o));
                Fma.MultiplyAddNegated(Avx.ConvertToVector256Single(minima), Avx.Multiply(min, da), r).Store(o);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(int* p, Vector256<int> v) => Avx2.Add(v, Avx.LoadVector256(p)).Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Codes(bool expanded, byte* p, Vector128<ushort> shift) =>
        expanded ? Avx.LoadVector256(p) : Avx2.And(Avx2.ShiftRightLogical(Avx.LoadVector256((ushort*)p), shift).AsByte(), Vector256.Create((byte)15));

    // 8 steps of 2 products of at most 15 · 127: 30480 fits an int16 lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(Vector256<byte> w0, Vector256<byte> w1, sbyte* a, ref Vector256<short> p, ref Vector256<short> q)
    {
        Vector256<sbyte> x = Avx2Loads.Four(a).AsSByte();
        p = Avx2.Add(p, Avx2.MultiplyAddAdjacent(w0, x));
        q = Avx2.Add(q, Avx2.MultiplyAddAdjacent(w1, x));
    }
}
