using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Files;

/// <summary>Writes stored weights as little-endian binary32, so that they can be compared with another program's.</summary>
public static unsafe class TensorDump
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Decodes one tensor of a model, which need not be one that Exo can compute.</summary>
    /// <param name="path">A GGUF file or a folder.</param>
    /// <param name="tensor">Its name in the file, or in GGUF files.</param>
    /// <param name="output">Takes all elements, row by row.</param>
    /// <param name="ct">Ends it between two pieces.</param>
    /// <returns>Shape, slowest dimension first.</returns>
    /// <exception cref="ModelFileException">The file cannot be read, lacks the tensor, or stores it in a way that cannot be decoded.</exception>
    public static ImmutableArray<long> Write(string path, string tensor, Stream output, CancellationToken ct = default)
    {
        if (!Directory.Exists(path))
        {
            using GgufParts file = new(path);
            return Write(file.Path, tensor, file.Tensors.GetValueOrDefault(tensor), file.Tensors.Keys, output, ct);
        }

        using ModelFile folder = ModelFile.Open(path);
        return Write(folder.Path, tensor, folder.Tensors.Find(tensor), folder.Tensors.Names, output, ct);
    }

    /// <summary>Decodes blocks that stand one after the other.</summary>
    /// <param name="type">How they are stored.</param>
    /// <param name="blocks">Whole blocks.</param>
    /// <param name="output">Takes the elements.</param>
    /// <param name="ct">Ends it between two pieces.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="ModelFileException">They are not whole, or the type cannot be decoded.</exception>
    public static long Write(TensorType type, ReadOnlySpan<byte> blocks, Stream output, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!Dequantise.Supports(type) || !type.TryBlock(out int elements, out int bytes))
        {
            throw new ModelFileException($"Weights stored as {type} cannot be decoded. Usable are {string.Join(", ", Types)}.");
        }

        if (blocks.Length % bytes != 0)
        {
            throw new ModelFileException($"{blocks.Length} bytes are no whole blocks of {type}, which have {bytes} bytes each.");
        }

        int most = Math.Max(1, ChunkBytes / bytes);
        using NativeBuffer decoded = new((long)most * elements * sizeof(float));
        for (int done = 0; done < blocks.Length;)
        {
            ct.ThrowIfCancellationRequested();
            int count = Math.Min(most, (blocks.Length - done) / bytes);
            fixed (byte* row = blocks[done..])
            {
                Dequantise.Row(type, row, count * elements, decoded.Floats);
            }

            WriteFloats(new ReadOnlySpan<float>(decoded.Floats, count * elements), output);
            done += count * bytes;
        }

        return (long)blocks.Length / bytes * elements;
    }

    /// <summary>Writes numbers as little-endian binary32.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="output">Takes 4 bytes for each.</param>
    public static void WriteFloats(ReadOnlySpan<float> values, Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (BitConverter.IsLittleEndian)
        {
            output.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            output.Write(bytes);
        }
    }

    /// <summary>The types that can be decoded.</summary>
    public static IEnumerable<TensorType> Types => Enum.GetValues<TensorType>().Where(Dequantise.Supports);

    private static ImmutableArray<long> Write(string path, string name, StoredTensor? tensor, IEnumerable<string> names, Stream output, CancellationToken ct)
    {
        if (tensor is null)
        {
            string near = string.Join(", ", names.Where(other => other.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Contains(other, StringComparison.OrdinalIgnoreCase)).Concat(names).Distinct().Take(5));
            throw new ModelFileException($"{path}: there is no tensor {name}. Some that it has: {near}.");
        }

        if (tensor.Packed is not null || tensor.IsRearranged)
        {
            WriteRows(tensor, output, ct);
            return tensor.Shape;
        }

        int chunk = checked((int)tensor.Type.RowBytes(tensor.Shape.IsEmpty ? 1 : tensor.Shape[^1]));
        chunk = Math.Max(1, ChunkBytes / Math.Max(1, chunk)) * chunk;
        for (long done = 0; done < tensor.Bytes; done += chunk)
        {
            Write(tensor.Type, new ReadOnlySpan<byte>(tensor.Data + done, (int)Math.Min(chunk, tensor.Bytes - done)), output, ct);
        }

        return tensor.Shape;
    }

    private static void WriteRows(StoredTensor tensor, Stream output, CancellationToken ct)
    {
        if (tensor.Shape.Length > 2)
        {
            for (int part = 0; part < tensor.Shape[0]; part++)
            {
                WriteRows(tensor.Part(part), output, ct);
            }

            return;
        }

        StoredRows rows = StoredRows.Of(tensor);
        using NativeBuffer stored = new(rows.Format.RowBytes(rows.Columns));
        using NativeBuffer decoded = new((long)rows.Columns * sizeof(float));
        for (int row = 0; row < rows.Rows; row++)
        {
            ct.ThrowIfCancellationRequested();
            rows.Copy(row, 1, stored.Pointer, stored.Bytes);
            rows.Format.Decode(stored.Pointer, 0, rows.Columns, decoded.Floats);
            WriteFloats(new ReadOnlySpan<float>(decoded.Floats, rows.Columns), output);
        }
    }
}
