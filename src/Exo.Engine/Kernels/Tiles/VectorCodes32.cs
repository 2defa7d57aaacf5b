using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Products of blocks of 32 codes, AVX2 or AVX-VNNI: 16 rows are expanded into the first cache, then multiplied by all columns at hand, as
/// <see cref="VectorCodes256"/> does. Sums of activations are stored as −8 Σ a.
/// </summary>
internal sealed unsafe class VectorCodes32(Codes32 format, bool vnni) : TileKernel
{
    private const int AtOnce = 4;
    private const int SignedOffset = 128;

    private readonly bool _signed = format.IsSigned;
    private readonly bool _minima = format.HasMinima;
    private readonly int _eighths = (vnni && format.IsSigned ? SignedOffset : format.Offset) / 8;

    public override TensorType Type => format.Type;

    public override int BlockColumns => 32;

    public override int BlockBytes => format.BlockBytes;

    public override int ActivationGroup => 32;

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
        byte* room = stackalloc byte[(AtOnce * Codes32.ExpandedBytes) + 64];
        room = (byte*)(((nint)room + 63) & ~63);
        Activations at = x.From(panel);
        new Span<float>(y, Rows).Clear();
        for (int b = 0; b < blocks; b += AtOnce)
        {
            int count = Math.Min(AtOnce, blocks - b);
            byte* step = tile + ((long)b * format.StepBytes);
            for (int ahead = 0; ahead < count * format.StepBytes; ahead += 64)
            {
                Sse.Prefetch0(step + Avx2Loads.Ahead + ahead);
            }

            format.Expand(step, count, room);
            Single(room, count, at.Bytes + (b * 32L), at.Scales + b, at.Sums + b, y);
        }
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        format.Expand(tile + ((long)firstBlock * format.StepBytes), endBlock - firstBlock, scratch);
        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            int width = x.Width(p);
            long at = ((long)p * 4 * blocks) + ((long)firstBlock * width);
            if (width == 1)
            {
                Single(scratch, endBlock - firstBlock, x.Bytes + (at * 32), x.Scales + at, x.Sums + at, sums);
            }
            else
            {
                Four(scratch, endBlock - firstBlock, x.Bytes + (at * 32), x.Scales + at, x.Sums + at, sums);
                Four(scratch + 32, endBlock - firstBlock, x.Bytes + (at * 32), x.Scales + at, x.Sums + at, sums + 8);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Single(byte* room, int blocks, sbyte* a, float* d, int* s, float* y)
    {
        Vector256<float> y0 = Avx.LoadVector256(y);
        Vector256<float> y1 = Avx.LoadVector256(y + 8);
        Vector256<byte> turn = Vector256.Create(_signed ? (byte)0x80 : (byte)0);
        for (int b = 0; b < blocks; b++, room += Codes32.ExpandedBytes, a += 32, d++, s++)
        {
            Vector256<int> i0 = Vector256.Create(*s * _eighths);
            Vector256<int> i1 = i0;
            if (vnni)
            {
                Vector256<int> j0 = default, j1 = default;
                for (int c = 0; c < 512; c += 128)
                {
                    Vector256<sbyte> x = Avx2Loads.Four(a + (c / 16)).AsSByte();
                    Vector256<sbyte> z = Avx2Loads.Four(a + (c / 16) + 4).AsSByte();
                    i0 = AvxVnni.MultiplyWideningAndAdd(i0, Avx.LoadVector256(room + c) ^ turn, x);
                    i1 = AvxVnni.MultiplyWideningAndAdd(i1, Avx.LoadVector256(room + c + 32) ^ turn, x);
                    j0 = AvxVnni.MultiplyWideningAndAdd(j0, Avx.LoadVector256(room + c + 64) ^ turn, z);
                    j1 = AvxVnni.MultiplyWideningAndAdd(j1, Avx.LoadVector256(room + c + 96) ^ turn, z);
                }

                i0 = Avx2.Add(i0, j0);
                i1 = Avx2.Add(i1, j1);
            }
            else if (_signed)
            {
                for (int c = 0; c < 512; c += 64)
                {
                    Vector256<sbyte> x = Avx2Loads.Four(a + (c / 16)).AsSByte();
                    i0 = Avx2.Add(i0, SignedDot(Avx.LoadVector256((sbyte*)room + c), x));
                    i1 = Avx2.Add(i1, SignedDot(Avx.LoadVector256((sbyte*)room + c + 32), x));
                }
            }
            else
            {
                i0 = Avx2.Add(i0, Avx2.Add(SmallDot(room, a), SmallDot(room + 256, a + 16)));
                i1 = Avx2.Add(i1, Avx2.Add(SmallDot(room + 32, a), SmallDot(room + 288, a + 16)));
            }

            y0 = Finish(room, i0, d, s, y0);
            y1 = Finish(room + 32, i1, d, s, y1);
        }

        y0.Store(y);
        y1.Store(y + 8);
    }

    /// <summary>Eight rows times four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Four(byte* room, int blocks, sbyte* a, float* d, int* s, float* y)
    {
        Vector256<float> y0 = Avx.LoadVector256(y), y1 = Avx.LoadVector256(y + 16), y2 = Avx.LoadVector256(y + 32), y3 = Avx.LoadVector256(y + 48);
        Vector256<byte> turn = Vector256.Create(_signed ? (byte)0x80 : (byte)0);
        for (int b = 0; b < blocks; b++, room += Codes32.ExpandedBytes, a += 128, d += 4, s += 4)
        {
            Vector256<int> i0 = Vector256.Create(*s * _eighths), i1 = Vector256.Create(s[1] * _eighths), i2 = Vector256.Create(s[2] * _eighths), i3 = Vector256.Create(s[3] * _eighths);
            if (vnni)
            {
                for (int c = 0; c < 512; c += 64)
                {
                    Vector256<byte> w = Avx.LoadVector256(room + c) ^ turn;
                    sbyte* x = a + (c / 16);
                    i0 = AvxVnni.MultiplyWideningAndAdd(i0, w, Avx2Loads.Four(x).AsSByte());
                    i1 = AvxVnni.MultiplyWideningAndAdd(i1, w, Avx2Loads.Four(x + 32).AsSByte());
                    i2 = AvxVnni.MultiplyWideningAndAdd(i2, w, Avx2Loads.Four(x + 64).AsSByte());
                    i3 = AvxVnni.MultiplyWideningAndAdd(i3, w, Avx2Loads.Four(x + 96).AsSByte());
                }
            }
            else if (_signed)
            {
                for (int c = 0; c < 512; c += 64)
                {
                    Vector256<sbyte> w = Avx.LoadVector256((sbyte*)room + c);
                    sbyte* x = a + (c / 16);
                    i0 = Avx2.Add(i0, SignedDot(w, Avx2Loads.Four(x).AsSByte()));
                    i1 = Avx2.Add(i1, SignedDot(w, Avx2Loads.Four(x + 32).AsSByte()));
                    i2 = Avx2.Add(i2, SignedDot(w, Avx2Loads.Four(x + 64).AsSByte()));
                    i3 = Avx2.Add(i3, SignedDot(w, Avx2Loads.Four(x + 96).AsSByte()));
                }
            }
            else
            {
                for (int c = 0; c < 512; c += 256)
                {
                    sbyte* x = a + (c / 16);
                    i0 = Avx2.Add(i0, SmallDot(room + c, x));
                    i1 = Avx2.Add(i1, SmallDot(room + c, x + 32));
                    i2 = Avx2.Add(i2, SmallDot(room + c, x + 64));
                    i3 = Avx2.Add(i3, SmallDot(room + c, x + 96));
                }
            }

            y0 = Finish(room, i0, d, s, y0);
            y1 = Finish(room, i1, d + 1, s + 1, y1);
            y2 = Finish(room, i2, d + 2, s + 2, y2);
            y3 = Finish(room, i3, d + 3, s + 3, y3);
        }

        y0.Store(y);
        y1.Store(y + 16);
        y2.Store(y + 32);
        y3.Store(y + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Finish(byte* room, Vector256<int> sum, float* d, int* s, Vector256<float> y)
    {
        Vector256<float> da = Avx2Loads.All(d);
        y = Fma.MultiplyAdd(Avx.ConvertToVector256Single(sum), Avx.Multiply(Avx.LoadVector256((float*)(room + Codes32.FactorsAt)), da), y);
        return _minima ? Fma.MultiplyAdd(Vector256.Create((float)(*s / -8)), Avx.Multiply(Avx.LoadVector256((float*)(room + Codes32.MinimaAt)), da), y) : y;
    }

    /// <summary>Four words: 8 · 31 · 127 fits 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SmallDot(byte* q, sbyte* a) => Avx2.MultiplyAddAdjacent(
        Avx2.Add(
            Avx2.Add(Avx2.MultiplyAddAdjacent(Avx.LoadVector256(q), Avx2Loads.Four(a).AsSByte()), Avx2.MultiplyAddAdjacent(Avx.LoadVector256(q + 64), Avx2Loads.Four(a + 4).AsSByte())),
            Avx2.Add(Avx2.MultiplyAddAdjacent(Avx.LoadVector256(q + 128), Avx2Loads.Four(a + 8).AsSByte()), Avx2.MultiplyAddAdjacent(Avx.LoadVector256(q + 192), Avx2Loads.Four(a + 12).AsSByte()))),
        Vector256<short>.One);

    /// <summary>2 · 128 · 127 fits 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SignedDot(Vector256<sbyte> w, Vector256<sbyte> x) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(w), Avx2.Sign(x, w)), Vector256<short>.One);
}
