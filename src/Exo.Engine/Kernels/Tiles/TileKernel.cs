using System.Runtime.CompilerServices;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// One weight format on one tier: how 16 rows become a tile, and the products of a tile. A tile has exactly the bytes of its 16 file rows
/// (floats: of an even number of columns). Stateless; the loops inside are plain, the virtual call is one per tile.
/// </summary>
internal abstract unsafe class TileKernel
{
    public const int Rows = 16;

    /// <summary>Bytes of scratch that <see cref="Many"/> may use.</summary>
    public const int ScratchBytes = 64 << 10;

    public abstract TensorType Type { get; }

    /// <summary>Columns of a step; a matrix is padded to whole steps (floats only, of two columns).</summary>
    public abstract int BlockColumns { get; }

    /// <summary>Bytes of one row's step.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Activations as bytes in groups of 32 or 256, or as floats (0).</summary>
    public abstract int ActivationGroup { get; }

    /// <summary>Columns whose part of a tile and of a panel stay in the first cache together.</summary>
    public abstract int RangeColumns { get; }

    public abstract void Pack(byte* rows, int blocks, byte* tile);

    /// <summary>16 outputs of a panel of width 1.</summary>
    public abstract void One(byte* tile, int blocks, in Activations x, int panel, float* y);

    /// <summary>16 outputs of each of some tiles for one row of activations; a tile's outputs lie 64 floats behind those of the tile before.</summary>
    public virtual void Run(byte* tiles, int count, long tileBytes, int blocks, in Activations x, float* sums)
    {
        for (int t = 0; t < count; t++)
        {
            One(tiles + (t * tileBytes), blocks, x, 0, sums + (t * 64));
        }
    }

    /// <summary>Blocks [firstBlock, endBlock) of a tile times panels; sums are [panel][4][16] and are carried from range to range.</summary>
    public abstract void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch);

    /// <summary>Bytes of a row in the form that <see cref="Pack"/> takes: whole steps.</summary>
    public virtual long RowBytes(int columns) => (long)((columns + BlockColumns - 1) / BlockColumns) * BlockBytes;

    public long TileBytes(int columns) => RowBytes(columns) * Rows;

    /// <summary>Transposes 4-byte words of 16 rows: target[word][row].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Words(byte* source, long rowStride, int words, byte* target)
    {
        for (int r = 0; r < Rows; r++)
        {
            uint* from = (uint*)(source + (r * rowStride));
            uint* to = (uint*)target + r;
            for (int i = 0; i < words; i++)
            {
                to[i * Rows] = from[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Halves(byte* source, long rowStride, byte* target)
    {
        for (int r = 0; r < Rows; r++)
        {
            ((ushort*)target)[r] = *(ushort*)(source + (r * rowStride));
        }
    }
}
