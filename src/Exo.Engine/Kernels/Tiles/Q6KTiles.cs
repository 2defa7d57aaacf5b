using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>GGUF block_q6_K (Blocks256.Q6K). Per super-block acc = fma((float)(Σ sc·Σ q·a − 32·Σ sc·Σ a), d·da, acc), q = 0..63.</summary>
internal sealed unsafe class ScalarQ6K : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q6_K;

    public override int BlockColumns => 256;

    public override int BlockBytes => 210;

    public override int ActivationGroup => 256;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += 210)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 256);
            int total = 0;
            for (int g = 0; g < 16; g++)
            {
                int dot = 0;
                for (int k = g * 16; k < (g + 1) * 16; k++)
                {
                    dot += (Blocks256.Q6Code(row, k) - 32) * a[k];
                }

                total += (sbyte)row[192 + g] * dot;
            }

            sum = MathF.FusedMultiplyAdd(total, HalfBits.ToSingle(*(ushort*)(row + 208)) * x.Scales[index], sum);
        }

        return sum;
    }
}

/// <summary>
/// Tile block: 16 f16 d, 4 words of signed scales of the 16 rows, then for half h and word c (order of use) three words of each row:
/// ql 64h + 4c, ql 64h + 32 + 4c, qh 32h + 4c. For more than one column a range is expanded once to a byte per weight.
/// </summary>
internal unsafe class Avx2Q6K : TileKernel
{
    protected const int StepBytes = 3360;

    /// <summary>Scratch of a block: 16 groups of 4 words of codes, 16 (scale, scale) pairs, 8 pairs of neighbours, d; all of 16 rows.</summary>
    protected const int ScalesAt = 4096;
    protected const int PairsAt = ScalesAt + 1024;
    protected const int DAt = PairsAt + 512;
    protected const int RoomBytes = DAt + 64;

    public override TensorType Type => TensorType.Q6_K;

    public override int BlockColumns => 256;

    public override int BlockBytes => 210;

    public override int ActivationGroup => 256;

    public override int RangeColumns => 1024;

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        long stride = (long)blocks * 210;
        for (int b = 0; b < blocks; b++, rows += 210, tile += StepBytes)
        {
            Halves(rows + 208, stride, tile);
            Words(rows + 192, stride, 4, tile + 32);
            for (int i = 0; i < 16; i++)
            {
                int half = i / 8;
                int c = i % 8;
                Words(rows + (half * 64) + (c * 4), stride, 1, tile + 288 + (i * 192));
                Words(rows + (half * 64) + 32 + (c * 4), stride, 1, tile + 288 + (i * 192) + 64);
                Words(rows + 128 + (half * 32) + (c * 4), stride, 1, tile + 288 + (i * 192) + 128);
            }
        }
    }

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        Activations at = x.From(panel);
        One(tile, blocks, at.Bytes, at.Scales, at.Sums16, y);
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        for (int b = firstBlock; b < endBlock; b++)
        {
            Expand(tile + ((long)b * StepBytes), scratch + ((b - firstBlock) * RoomBytes));
        }

        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            if (x.Width(p) == 1)
            {
                if (firstBlock == 0)
                {
                    One(tile, blocks, x, p, sums);
                }

                continue;
            }

            long at = (((long)p * blocks) + firstBlock) * 4;
            Four(scratch, endBlock - firstBlock, x.Bytes + (at * 256), x.Scales + at, x.Sums16 + (at * 16), sums);
        }
    }

    /// <summary>Per word the 16-bit pair (byte i, byte j), signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(Vector256<byte> s, int i, int j)
    {
        // The byte goes to the upper half of its 16 bits and comes down with its sign.
        uint w = 0x00800080u | ((uint)i << 8) | ((uint)j << 24);
        Vector256<uint> lanes = Vector256.Create(0u, 0x04000400, 0x08000800, 0x0C000C00, 0u, 0x04000400, 0x08000800, 0x0C000C00);
        return Avx2.ShiftRightArithmetic(Avx2.Shuffle(s, (Vector256.Create(w) + lanes).AsByte()).AsInt16(), 8);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* t, int blocks, sbyte* a, float* d, short* s, float* y)
    {
        Vector256<float> sum0 = Vector256<float>.Zero;
        Vector256<float> sum1 = Vector256<float>.Zero;
        for (int b = 0; b < blocks; b++, t += StepBytes, a += 256, d++, s += 16)
        {
            Vector256<int> i0 = Offset(t + 32, (int*)s);
            Vector256<int> i1 = Offset(t + 64, (int*)s);
            byte* q = t + 288;
            for (int half = 0; half < 2; half++, q += 1536)
            {
                for (int i = 0; i < 1536; i += 64)
                {
                    Sse.Prefetch0(q + Avx2Loads.Ahead + i);
                }

                byte* scales = t + 32 + (half * 128);
                sbyte* x = a + (half * 128);
                i0 = Half(q, scales, x, i0);
                i1 = Half(q + 32, scales + 32, x, i1);
            }

            Vector256<float> da = Avx2Loads.All(d);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i0), Avx.Multiply(Avx2Loads.Halves(t), da), sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(i1), Avx.Multiply(Avx2Loads.Halves(t + 16), da), sum1);
        }

        sum0.Store(y);
        sum1.Store(y + 8);
    }

    /// <summary>−32 times the sum of scale times activation sum, of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Offset(byte* scales, int* s)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        for (int i = 0; i < 4; i++, s += 2)
        {
            Vector256<byte> word = Avx.LoadVector256(scales + (i * 64));
            sum = Avx2.Add(sum, Avx2.MultiplyAddAdjacent(Pair(word, 0, 1), Avx2.BroadcastScalarToVector256(s).AsInt16()));
            sum = Avx2.Add(sum, Avx2.MultiplyAddAdjacent(Pair(word, 2, 3), Avx2.BroadcastScalarToVector256(s + 1).AsInt16()));
        }

        return Avx2.Subtract(Vector256<int>.Zero, Avx2.ShiftLeftLogical(sum, 5));
    }

    /// <summary>128 columns of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Half(byte* q, byte* scales, sbyte* x, Vector256<int> sum)
    {
        Vector256<byte> low = Avx.LoadVector256(scales);
        Vector256<byte> high = Avx.LoadVector256(scales + 64);
        sum = Quarters(q, x, Pair(low, 0, 0), Pair(low, 2, 2), Pair(high, 0, 0), Pair(high, 2, 2), sum);
        return Quarters(q + 768, x + 16, Pair(low, 1, 1), Pair(low, 3, 3), Pair(high, 1, 1), Pair(high, 3, 3), sum);
    }

    /// <summary>Four words: 16 columns of each of the half's four quarters, which have a scale each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quarters(byte* q, sbyte* x, Vector256<short> s0, Vector256<short> s1, Vector256<short> s2, Vector256<short> s3, Vector256<int> sum)
    {
        // Two steps of 2 products of at most 63 · 127: 32004 fits an int16 lane.
        for (int c = 0; c < 2; c++, q += 384, x += 8)
        {
            Codes(q, out Vector256<byte> a0, out Vector256<byte> a1, out Vector256<byte> a2, out Vector256<byte> a3);
            Codes(q + 192, out Vector256<byte> b0, out Vector256<byte> b1, out Vector256<byte> b2, out Vector256<byte> b3);
            sum = Avx2.Add(sum, Step(a0, b0, x, s0));
            sum = Avx2.Add(sum, Step(a1, b1, x + 32, s1));
            sum = Avx2.Add(sum, Step(a2, b2, x + 64, s2));
            sum = Avx2.Add(sum, Step(a3, b3, x + 96, s3));
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Step(Vector256<byte> w, Vector256<byte> v, sbyte* x, Vector256<short> scale) => Avx2.MultiplyAddAdjacent(
        Avx2.Add(Avx2.MultiplyAddAdjacent(w, Avx2Loads.Four(x).AsSByte()), Avx2.MultiplyAddAdjacent(v, Avx2Loads.Four(x + 4).AsSByte())), scale);

    /// <summary>The codes of one word of the four quarters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Codes(byte* q, out Vector256<byte> c0, out Vector256<byte> c1, out Vector256<byte> c2, out Vector256<byte> c3)
    {
        Vector256<byte> nibble = Vector256.Create((byte)15);
        Vector256<byte> top = Vector256.Create((byte)48);
        Vector256<byte> l = Avx.LoadVector256(q);
        Vector256<byte> m = Avx.LoadVector256(q + 64);
        Vector256<byte> h = Avx.LoadVector256(q + 128);
        c0 = Avx2.Or(Avx2.And(l, nibble), Avx2.And(Avx2.ShiftLeftLogical(h.AsUInt16(), 4).AsByte(), top));
        c1 = Avx2.Or(Avx2.And(m, nibble), Avx2.And(Avx2.ShiftLeftLogical(h.AsUInt16(), 2).AsByte(), top));
        c2 = Avx2.Or(Avx2.And(Avx2.ShiftRightLogical(l.AsUInt16(), 4).AsByte(), nibble), Avx2.And(h, top));
        c3 = Avx2.Or(Avx2.And(Avx2.ShiftRightLogical(m.AsUInt16(), 4).AsByte(), nibble), Avx2.And(Avx2.ShiftRightLogical(h.AsUInt16(), 2).AsByte(), top));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void Expand(byte* t, byte* room)
    {
        for (int r = 0; r < 64; r += 32)
        {
            for (int i = 0; i < 16; i++)
            {
                byte* q = t + 288 + (i * 192) + r;
                Sse.Prefetch0(q + Avx2Loads.Ahead);
                Sse.Prefetch0(q + Avx2Loads.Ahead + 96);
                Codes(q, out Vector256<byte> c0, out Vector256<byte> c1, out Vector256<byte> c2, out Vector256<byte> c3);

                // Column 128·half + 32·quarter + 4·c lies in group 8·half + 2·quarter + c/4, word c % 4.
                byte* to = room + (i / 8 * 2048) + (i % 8 * 64) + r;
                c0.Store(to);
                c1.Store(to + 512);
                c2.Store(to + 1024);
                c3.Store(to + 1536);
            }

            for (int i = 0; i < 4; i++)
            {
                Vector256<byte> word = Avx.LoadVector256(t + 32 + (i * 64) + r);
                Pair(word, 0, 0).Store((short*)(room + ScalesAt + (i * 256) + r));
                Pair(word, 1, 1).Store((short*)(room + ScalesAt + (i * 256) + 64 + r));
                Pair(word, 2, 2).Store((short*)(room + ScalesAt + (i * 256) + 128 + r));
                Pair(word, 3, 3).Store((short*)(room + ScalesAt + (i * 256) + 192 + r));
                Pair(word, 0, 1).Store((short*)(room + PairsAt + (i * 128) + r));
                Pair(word, 2, 3).Store((short*)(room + PairsAt + (i * 128) + 64 + r));
            }

            Avx2Loads.Halves(t + (r / 2)).Store((float*)(room + DAt + r));
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* room, int blocks, sbyte* a, float* d, short* s, float* sums)
    {
        for (int b = 0; b < blocks; b++, room += RoomBytes, a += 1024, d += 4, s += 64)
        {
            for (int r = 0; r < 64; r += 32)
            {
                Vector256<int> i0 = default, i1 = default, i2 = default, i3 = default;
                byte* q = room + r;
                byte* scales = room + ScalesAt + r;
                sbyte* x = a;
                for (int g = 0; g < 16; g++, q += 256, scales += 64, x += 16)
                {
                    Vector256<byte> w0 = Avx.LoadVector256(q);
                    Vector256<byte> w1 = Avx.LoadVector256(q + 64);
                    Vector256<byte> w2 = Avx.LoadVector256(q + 128);
                    Vector256<byte> w3 = Avx.LoadVector256(q + 192);
                    Vector256<short> scale = Avx.LoadVector256((short*)scales);
                    i0 = Avx2.Add(i0, Avx2.Add(Step(w0, w1, x, scale), Step(w2, w3, x + 8, scale)));
                    i1 = Avx2.Add(i1, Avx2.Add(Step(w0, w1, x + 256, scale), Step(w2, w3, x + 264, scale)));
                    i2 = Avx2.Add(i2, Avx2.Add(Step(w0, w1, x + 512, scale), Step(w2, w3, x + 520, scale)));
                    i3 = Avx2.Add(i3, Avx2.Add(Step(w0, w1, x + 768, scale), Step(w2, w3, x + 776, scale)));
                }

                Vector256<float> scaleD = Avx.LoadVector256((float*)(room + DAt + r));
                Finish(i0, room + PairsAt + r, scaleD, d, s, sums + (r / 4));
                Finish(i1, room + PairsAt + r, scaleD, d + 1, s + 16, sums + 16 + (r / 4));
                Finish(i2, room + PairsAt + r, scaleD, d + 2, s + 32, sums + 32 + (r / 4));
                Finish(i3, room + PairsAt + r, scaleD, d + 3, s + 48, sums + 48 + (r / 4));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void Finish(Vector256<int> total, byte* pairs, Vector256<float> scale, float* d, short* s, float* sums)
    {
        Vector256<int> offset = Vector256<int>.Zero;
        for (int i = 0; i < 8; i++)
        {
            offset = Avx2.Add(offset, Avx2.MultiplyAddAdjacent(Avx.LoadVector256((short*)(pairs + (i * 64))), Avx2.BroadcastScalarToVector256((int*)s + i).AsInt16()));
        }

        total = Avx2.Subtract(total, Avx2.ShiftLeftLogical(offset, 5));
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(total), Avx.Multiply(scale, Avx2Loads.All(d)), Avx.LoadVector256(sums)).Store(sums);
    }
}
