using System.Runtime.InteropServices;
using Exo.Engine.Formats;
using Exo.Engine.Memory;

namespace Exo.Engine.Kernels;

/// <summary>
/// A weight matrix in the order of its kernel: tiles of 16 rows. A quantised tile has the bytes of its rows in the file, so a loaded
/// model is as large as its file. Formats without a kernel, and every format for the judge, are decoded to f32.
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

    /// <summary>Copies a matrix out of a file into the order of the tier's kernel.</summary>
    /// <param name="type">Format of the data.</param>
    /// <param name="data">Bytes of the file, row after row. [rows, columns]</param>
    /// <param name="rows">Output length of the product.</param>
    /// <param name="columns">Input length; whole blocks of the format.</param>
    /// <param name="tier">The tier that will multiply.</param>
    /// <exception cref="InvalidDataException">A number or a scale is not finite.</exception>
    /// <exception cref="NotSupportedException">The format can neither be multiplied nor decoded.</exception>
    public static WeightMatrix Load(TensorType type, byte* data, int rows, int columns, KernelTier tier)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        KernelTier resolved = KernelTiers.Resolve(tier);
        TileKernel? kernel = tier == KernelTier.Judge ? null : TileKernels.Find(type, resolved);
        bool decode = kernel == null && type != TensorType.F32;
        if (decode && !Dequantise.Supports(type))
        {
            throw new NotSupportedException($"Weights stored as {type} cannot be computed with. Convert the model to another format, such as Q8_0.");
        }

        kernel ??= TileKernels.Find(TensorType.F32, resolved)!;
        long fileRow = type.RowBytes(columns);
        WeightMatrix matrix = new(type, kernel, rows, columns);
        long packedRow = (long)matrix.Blocks * kernel.BlockBytes;
        byte* room = (byte*)NativeMemory.AllocZeroed((nuint)(packedRow * TileKernel.Rows));
        try
        {
            for (int tile = 0; tile < matrix.TileCount; tile++)
            {
                int first = tile * TileKernel.Rows;
                int present = Math.Min(TileKernel.Rows, rows - first);
                byte* from = data + (first * fileRow);
                for (int r = 0; r < present; r++)
                {
                    if (!WeightCheck.IsFinite(type, from + (r * fileRow), columns))
                    {
                        throw new InvalidDataException($"Row {first + r} of weights stored as {type} holds a number that is not finite: the file is damaged. Fetch the model again.");
                    }
                }

                if (decode || present < TileKernel.Rows || fileRow != packedRow)
                {
                    NativeMemory.Clear(room, (nuint)(packedRow * TileKernel.Rows));
                    for (int r = 0; r < present; r++)
                    {
                        if (decode)
                        {
                            Dequantise.Row(type, from + (r * fileRow), columns, (float*)(room + (r * packedRow)));
                        }
                        else
                        {
                            Buffer.MemoryCopy(from + (r * fileRow), room + (r * packedRow), fileRow, fileRow);
                        }
                    }

                    from = room;
                }

                kernel.Pack(from, matrix.Blocks, matrix.Tiles + (tile * matrix.TileBytes));
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
        }

        return matrix;
    }

    public void Dispose() => _tiles.Dispose();
}
