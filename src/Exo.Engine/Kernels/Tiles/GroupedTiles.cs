using System.Runtime.CompilerServices;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Eight = Exo.Engine.Kernels.Tiles.LaneProducts<Exo.Engine.Kernels.Tiles.EightLanes, System.Runtime.Intrinsics.Vector256<float>, System.Runtime.Intrinsics.Vector256<int>>;
using Sixteen = Exo.Engine.Kernels.Tiles.LaneProducts<Exo.Engine.Kernels.Tiles.SixteenLanes, System.Runtime.Intrinsics.Vector512<float>, System.Runtime.Intrinsics.Vector512<int>>;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Products of quantised matrices of folders on machines with vectors: tiles hold the 4-byte words of 16 rows' codes, transposed, behind them the
/// groups' scales and offsets. 32 columns are decoded into the first cache at a time, a lane for each row, to the same f32 as <see cref="GroupedRows"/>
/// gives, and multiplied as <see cref="DecodedTiles"/> does: acc = fma(w, x, acc), k ascending. An instance belongs to one matrix.
/// </summary>
internal sealed unsafe class GroupedTiles : TileKernel
{
    public const int Columns = 32;
    private const int TilesAtOnce = 4;

    private readonly GroupedRows _format;
    private readonly int _columns;
    private readonly bool _wide;
    private readonly long _scalesAt;
    private readonly long _offsetsAt;

    private GroupedTiles(GroupedRows format, int columns, bool wide)
    {
        (_format, _columns, _wide) = (format, columns, wide);
        _scalesAt = (long)columns * format.Bits * Rows / 8;
        _offsetsAt = _scalesAt + ((long)format.Groups * format.ScaleBytes * Rows);
    }

    public override TensorType Type => TensorType.Packed;

    public override int BlockColumns => Columns;

    public override int BlockBytes => throw new NotSupportedException("Rows of these formats are no steps of equal size.");

    public override int ActivationGroup => 0;

    public override int RangeColumns => 256;

    /// <summary>The kernel of a matrix; null where its groups do not fit, and <see cref="DecodedTiles"/> computes.</summary>
    /// <param name="format">What its codes mean.</param>
    /// <param name="columns">Of the matrix.</param>
    /// <param name="wide">16 rows at once, with AVX-512; or eight, with AVX2.</param>
    public static GroupedTiles? TryCreate(GroupedRows format, int columns, bool wide) =>
        columns % Columns == 0 && format.CanTurn ? new GroupedTiles(format, columns, wide) : null;

    public override long RowBytes(int columns) => _format.RowBytes(columns);

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        long stride = _format.RowBytes(_columns);
        Words(rows, stride, _columns * _format.Bits / 32, tile);
        Turn(rows + _format.CodeBytes, stride, _format.ScaleBytes, tile + _scalesAt);
        Turn(rows + _format.CodeBytes + ((long)_format.Groups * _format.ScaleBytes), stride, _format.OffsetBytes, tile + _offsetsAt);
    }

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y) =>
        Run(tile, 1, 0, x.Floats + ((long)panel * 4 * x.Columns), y);

    public override void Run(byte* tiles, int count, long tileBytes, int blocks, in Activations x, float* sums)
    {
        for (int t = 0; t < count; t += TilesAtOnce)
        {
            Run(tiles + (t * tileBytes), Math.Min(TilesAtOnce, count - t), tileBytes, x.Floats, sums + (t * 64));
        }
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        float* decoded = (float*)scratch;
        int count = (endBlock - firstBlock) * Columns;
        for (int b = firstBlock; b < endBlock; b++)
        {
            Decode(tile, b, decoded + ((b - firstBlock) * Columns * Rows));
        }

        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            int width = x.Width(p);
            float* panel = x.Floats + ((long)p * 4 * x.Columns) + ((long)firstBlock * Columns * width);
            if (width == 1)
            {
                DecodedTiles.Single(decoded, count, panel, sums);
            }
            else
            {
                Avx2F32.Four(scratch, count / 2, panel, sums, 0);
            }
        }
    }

    /// <summary>Up to four tiles side by side, group by group; where there are fewer, the last one is computed again in place of a missing one.</summary>
    [SkipLocalsInit]
    private void Run(byte* tiles, int count, long tileBytes, float* x, float* sums)
    {
        float* totals = stackalloc float[TilesAtOnce * Rows];
        new Span<float>(totals, TilesAtOnce * Rows).Clear();
        FourTiles at = new()
        {
            First = tiles,
            Second = tiles + (Math.Min(1, count - 1) * tileBytes),
            Third = tiles + (Math.Min(2, count - 1) * tileBytes),
            Fourth = tiles + (Math.Min(3, count - 1) * tileBytes),
        };
        for (int k = 0, group = 0; k < _columns; k += _format.GroupColumns, group++)
        {
            int columns = Math.Min(_format.GroupColumns, _columns - k);
            at.Words = (long)k * _format.Bits * 2;
            at.Scales = _scalesAt + ((long)group * _format.ScaleBytes * Rows);
            at.Offsets = _offsetsAt + ((long)group * _format.OffsetBytes * Rows);
            if (_wide)
            {
                Sixteen.Multiply(_format.Scheme, _format.Bits, _format.ScaleType, at, columns, x + k, totals);
            }
            else
            {
                Eight.Multiply(_format.Scheme, _format.Bits, _format.ScaleType, at, columns, x + k, totals);
                at.Words += 32;
                at.Scales += 8 * _format.ScaleBytes;
                at.Offsets += 8 * _format.OffsetBytes;
                Eight.Multiply(_format.Scheme, _format.Bits, _format.ScaleType, at, columns, x + k, totals + 8);
            }
        }

        for (int t = 0; t < count; t++)
        {
            Buffer.MemoryCopy(totals + (t * Rows), sums + (t * 64), Rows * sizeof(float), Rows * sizeof(float));
        }
    }

    private void Decode(byte* tile, int block, float* to)
    {
        int group = block * Columns / _format.GroupColumns;
        byte* words = tile + ((long)block * _format.Bits * 64);
        byte* scales = tile + _scalesAt + ((long)group * _format.ScaleBytes * Rows);
        byte* offsets = tile + _offsetsAt + ((long)group * _format.OffsetBytes * Rows);
        if (_wide)
        {
            Sixteen.Decode(_format.Scheme, _format.Bits, _format.ScaleType, words, scales, offsets, to);
            return;
        }

        Eight.Decode(_format.Scheme, _format.Bits, _format.ScaleType, words, scales, offsets, to);
        Eight.Decode(_format.Scheme, _format.Bits, _format.ScaleType, words + 32, scales + (8 * _format.ScaleBytes), offsets + (8 * _format.OffsetBytes), to + 8);
    }

    /// <summary>The groups' numbers of 16 rows: target[group][row].</summary>
    private void Turn(byte* from, long stride, int size, byte* to)
    {
        for (int g = 0; g < _format.Groups; g++)
        {
            for (int r = 0; r < Rows; r++, to += size)
            {
                Buffer.MemoryCopy(from + (r * stride) + ((long)g * size), to, size, size);
            }
        }
    }
}
