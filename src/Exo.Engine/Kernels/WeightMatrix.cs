using System.Runtime.InteropServices;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels.Tiles;
using Exo.Engine.Memory;

namespace Exo.Engine.Kernels;

/// <summary>
/// A weight matrix in the order of its kernel: tiles of 16 rows. A quantised tile has the bytes of its rows in the file, so a loaded
/// model is as large as its file. Formats without a kernel, and every quantised format for the judge, keep their rows and are decoded a piece at a
/// time (<see cref="DecodedTiles"/>).
/// </summary>
internal sealed unsafe class WeightMatrix : IDisposable
{
    private readonly NativeBuffer _tiles;

    private WeightMatrix(TensorType type, TileKernel kernel, int rows, int columns)
    {
        Type = type;
        Kernel = kernel;
        Rows = rows;
        Columns = columns;
        TileCount = (rows + TileKernel.Rows - 1) / TileKernel.Rows;
        Blocks = (columns + kernel.BlockColumns - 1) / kernel.BlockColumns;
        TileBytes = kernel.TileBytes(columns);
        _tiles = new NativeBuffer(TileCount * TileBytes);
    }

    /// <summary>The file's format.</summary>
    public TensorType Type { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Memory that the matrix takes.</summary>
    public long Bytes => _tiles.Bytes;

    internal TileKernel Kernel { get; }

    internal int TileCount { get; }

    /// <summary>Steps of the kernel along a row.</summary>
    internal int Blocks { get; }

    internal long TileBytes { get; }

    internal byte* Tiles => _tiles.Pointer;

    /// <summary>Memory that a matrix, or several, will take once loaded.</summary>
    /// <param name="tensor">[.., rows, columns]</param>
    public static long BytesOf(StoredTensor tensor)
    {
        int columns = checked((int)tensor.Shape[^1]);
        long rows = tensor.Shape.Length > 1 ? tensor.Shape[^2] : 1;
        long matrices = tensor.Shape.SkipLast(2).Aggregate(1L, (product, n) => product * n);
        long tiles = (rows + TileKernel.Rows - 1) / TileKernel.Rows;
        long row = TileKernels.Find(tensor.Type, KernelTier.Scalar)?.RowBytes(columns) ?? StoredRows.FormatOf(tensor).RowBytes(columns);
        return matrices * tiles * TileKernel.Rows * row;
    }

    /// <summary>Copies a matrix out of a file into the order of the tier's kernel.</summary>
    /// <param name="tensor">[rows, columns]; an expert's is a <see cref="StoredTensor.Part"/> of [experts, rows, columns].</param>
    /// <param name="tier">The tier that will multiply.</param>
    /// <exception cref="InvalidDataException">A number or a scale is not finite.</exception>
    /// <exception cref="NotSupportedException">The format cannot be decoded.</exception>
    public static WeightMatrix Load(StoredTensor tensor, KernelTier tier) => Load(StoredRows.Of(tensor), tensor.Type, tier);

    /// <summary>Copies a matrix out of memory into the order of the tier's kernel.</summary>
    /// <param name="type">Format of the data.</param>
    /// <param name="data">Bytes of the file, row after row. [rows, columns]</param>
    /// <param name="rows">Output length of the product.</param>
    /// <param name="columns">Input length; whole blocks of the format.</param>
    /// <param name="tier">The tier that will multiply.</param>
    /// <exception cref="InvalidDataException">A number or a scale is not finite.</exception>
    /// <exception cref="NotSupportedException">The format cannot be decoded.</exception>
    public static WeightMatrix Load(TensorType type, byte* data, int rows, int columns, KernelTier tier)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return Load(new FileRows(type, data, rows, columns), type, tier);
    }

    /// <summary>Copies rows into the order of the tier's kernel.</summary>
    /// <param name="rows">The matrix.</param>
    /// <param name="type">Its format.</param>
    /// <param name="tier">The tier that will multiply.</param>
    /// <exception cref="InvalidDataException">A number or a scale is not finite.</exception>
    public static WeightMatrix Load(StoredRows rows, TensorType type, KernelTier tier)
    {
        (int rowCount, int columns) = (rows.Rows, rows.Columns);
        KernelTier resolved = KernelTiers.Resolve(tier);
        bool judged = tier == KernelTier.Judge && type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16);
        TileKernel? kernel = judged ? null : TileKernels.Find(type, resolved);
        bool vectors = resolved is KernelTier.Avx2 or KernelTier.AvxVnni or KernelTier.Avx512;
        kernel ??= vectors && !judged && rows.Format is GroupedRows grouped ? GroupedTiles.TryCreate(grouped, columns, wide: resolved == KernelTier.Avx512) : null;
        bool widen = kernel == null && resolved == KernelTier.Ggml;
        kernel ??= widen ? TileKernels.Find(TensorType.F32, resolved)! : new DecodedTiles(type, rows.Format, columns, resolved != KernelTier.Scalar && KernelTiers.HasAvx2);
        WeightMatrix matrix = new(type, kernel, rowCount, columns);
        long stride = Math.Max(kernel.RowBytes(columns), rows.Format.RowBytes(columns));
        byte* room = (byte*)NativeMemory.AllocZeroed((nuint)(stride * TileKernel.Rows));
        float* wide = widen ? (float*)NativeMemory.AllocZeroed((nuint)(kernel.RowBytes(columns) * TileKernel.Rows)) : null;
        try
        {
            for (int tile = 0; tile < matrix.TileCount; tile++)
            {
                int first = tile * TileKernel.Rows;
                int present = Math.Min(TileKernel.Rows, rowCount - first);
                new Span<byte>(room + (present * stride), checked((int)((TileKernel.Rows - present) * stride))).Clear();
                rows.Copy(first, present, room, stride);
                for (int r = 0; r < present; r++)
                {
                    if (!rows.Format.IsFinite(room + (r * stride), columns))
                    {
                        throw new InvalidDataException($"Row {first + r} of weights stored as {type} holds a number that is not finite: the file is damaged. Download the model again.");
                    }

                    if (widen)
                    {
                        rows.Format.Decode(room + (r * stride), 0, columns, wide + (r * kernel.RowBytes(columns) / sizeof(float)));
                    }
                }

                kernel.Pack(widen ? (byte*)wide : room, matrix.Blocks, matrix.Tiles + (tile * matrix.TileBytes));
            }
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
        finally
        {
            NativeMemory.Free(room);
            NativeMemory.Free(wide);
        }

        return matrix;
    }

    public void Dispose() => _tiles.Dispose();
}
