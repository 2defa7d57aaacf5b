using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Every format without a kernel of its own: rows stay as they are stored, 256 columns of 16 rows at a time are decoded to f32 and multiplied by
/// f32 activations: acc = fma(w, x, acc), k ascending, the same on every tier. An instance belongs to one matrix.
/// </summary>
internal sealed unsafe class DecodedTiles(TensorType type, RowFormat format, int columns, bool vectors) : TileKernel
{
    private const int Chunk = 256;
    private const int ChunkFloats = Chunk * Rows;

    public override TensorType Type => type;

    public override int BlockColumns => 2;

    public override int BlockBytes => throw new NotSupportedException("Rows of these formats are no steps of equal size.");

    public override int ActivationGroup => 0;

    public override int RangeColumns => Chunk;

    private long Stride => format.RowBytes(columns);

    public override long RowBytes(int width) => format.RowBytes(width);

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        long bytes = Stride * Rows;
        Buffer.MemoryCopy(rows, tile, bytes, bytes);
    }

    [SkipLocalsInit]
    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        byte* scratch = stackalloc byte[ScratchBytes];
        new Span<float>(y, Rows).Clear();
        int step = Chunk / BlockColumns;
        for (int b = 0; b < blocks; b += step)
        {
            Range(tile, b, Math.Min(blocks, b + step), x, panel, panel + 1, y, scratch);
        }
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch) =>
        Range(tile, firstBlock, endBlock, x, firstPanel, endPanel, sums, scratch);

    private void Range(byte* tile, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        int first = firstBlock * BlockColumns;
        int padded = (endBlock * BlockColumns) - first;
        int present = Math.Min(columns - first, padded);
        float* decoded = (float*)scratch;
        for (int r = 0; r < Rows; r++)
        {
            format.Decode(tile + (r * Stride), first, present, decoded + (r * Chunk));
            if (present < padded)
            {
                decoded[(r * Chunk) + present] = 0;
            }
        }

        if (vectors)
        {
            Vectors(decoded, padded, first, x, firstPanel, endPanel, sums);
        }
        else
        {
            Loops(decoded, padded, first, x, firstPanel, endPanel, sums);
        }
    }

    private static void Loops(float* decoded, int count, int first, in Activations x, int firstPanel, int endPanel, float* sums)
    {
        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            int width = x.Width(p);
            float* panel = x.Floats + ((long)p * 4 * x.Columns) + ((long)first * width);
            for (int c = 0; c < width; c++)
            {
                for (int r = 0; r < Rows; r++)
                {
                    float sum = sums[(c * Rows) + r];
                    for (int k = 0; k < count; k++)
                    {
                        sum = MathF.FusedMultiplyAdd(decoded[(r * Chunk) + k], panel[(k * width) + c], sum);
                    }

                    sums[(c * Rows) + r] = sum;
                }
            }
        }
    }

    private static void Vectors(float* decoded, int count, int first, in Activations x, int firstPanel, int endPanel, float* sums)
    {
        float* turned = decoded + ChunkFloats;
        Turn(decoded, count, turned);
        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            int width = x.Width(p);
            float* panel = x.Floats + ((long)p * 4 * x.Columns) + ((long)first * width);
            if (width == 1)
            {
                Single(turned, count, panel, sums);
            }
            else
            {
                Avx2F32.Four((byte*)turned, count / 2, panel, sums, 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Single(float* w, int count, float* x, float* y)
    {
        Vector256<float> low = Vector256.Load(y);
        Vector256<float> high = Vector256.Load(y + 8);
        for (int k = 0; k < count; k++, w += Rows)
        {
            Vector256<float> v = Avx2Loads.All(x + k);
            low = Fma.MultiplyAdd(Vector256.Load(w), v, low);
            high = Fma.MultiplyAdd(Vector256.Load(w + 8), v, high);
        }

        low.Store(y);
        high.Store(y + 8);
    }

    /// <summary>[16][256] to [256][16]; eight columns at a time, the last ones may be rubbish that is not read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* from, int count, float* to)
    {
        for (int k = 0; k < count; k += 8)
        {
            Square(from + k, Chunk, to + (k * Rows));
            Square(from + (8 * Chunk) + k, Chunk, to + (k * Rows) + 8);
        }
    }

    /// <summary>Eight words of eight rows, turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Square(float* from, int stride, float* to)
    {
        Vector256<float> a0 = Vector256.Load(from), a1 = Vector256.Load(from + stride), a2 = Vector256.Load(from + (2 * stride)), a3 = Vector256.Load(from + (3 * stride));
        Vector256<float> a4 = Vector256.Load(from + (4 * stride)), a5 = Vector256.Load(from + (5 * stride)), a6 = Vector256.Load(from + (6 * stride)), a7 = Vector256.Load(from + (7 * stride));
        Vector256<float> b0 = Avx.UnpackLow(a0, a1), b1 = Avx.UnpackHigh(a0, a1), b2 = Avx.UnpackLow(a2, a3), b3 = Avx.UnpackHigh(a2, a3);
        Vector256<float> b4 = Avx.UnpackLow(a4, a5), b5 = Avx.UnpackHigh(a4, a5), b6 = Avx.UnpackLow(a6, a7), b7 = Avx.UnpackHigh(a6, a7);
        a0 = Avx.Shuffle(b0, b2, 0x44);
        a1 = Avx.Shuffle(b0, b2, 0xee);
        a2 = Avx.Shuffle(b1, b3, 0x44);
        a3 = Avx.Shuffle(b1, b3, 0xee);
        a4 = Avx.Shuffle(b4, b6, 0x44);
        a5 = Avx.Shuffle(b4, b6, 0xee);
        a6 = Avx.Shuffle(b5, b7, 0x44);
        a7 = Avx.Shuffle(b5, b7, 0xee);
        Avx.Permute2x128(a0, a4, 0x20).Store(to);
        Avx.Permute2x128(a1, a5, 0x20).Store(to + Rows);
        Avx.Permute2x128(a2, a6, 0x20).Store(to + (2 * Rows));
        Avx.Permute2x128(a3, a7, 0x20).Store(to + (3 * Rows));
        Avx.Permute2x128(a0, a4, 0x31).Store(to + (4 * Rows));
        Avx.Permute2x128(a1, a5, 0x31).Store(to + (5 * Rows));
        Avx.Permute2x128(a2, a6, 0x31).Store(to + (6 * Rows));
        Avx.Permute2x128(a3, a7, 0x31).Store(to + (7 * Rows));
    }
}
