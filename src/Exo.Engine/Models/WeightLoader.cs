using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Models;

/// <summary>Copies tensors out of a file into memory of the slice, which owns and disposes all of it. Numbers that are not finite are refused here.</summary>
internal sealed unsafe class WeightLoader(ModelTensors tensors, KernelTier tier) : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Memory of all that was loaded.</summary>
    public long Bytes { get; private set; }

    public bool Has(string name) => tensors.Find(name) is not null;

    /// <summary>A weight matrix in the order of the tier's kernel. [outputs, inputs]</summary>
    public WeightMatrix Matrix(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        return Own(WeightMatrix.Load(RowsOf(tensor), tensor.Type, tier));
    }

    /// <summary>The matrices of a layer's experts: one tensor [experts, outputs, inputs], or a tensor each. [Count]</summary>
    public WeightMatrix[] Experts(string name, ExpertSpec experts) => experts.Stacked
        ? Stack(name + ".weight")
        : [.. Enumerable.Range(0, experts.Count).Select(e => Matrix($"{name}.{e}.weight"))];

    /// <summary>Matrices that lie one after the other in a tensor. [count] of [outputs, inputs]</summary>
    public WeightMatrix[] Stack(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        WeightMatrix[] all = new WeightMatrix[checked((int)tensor.Shape[0])];
        for (int i = 0; i < all.Length; i++)
        {
            StoredTensor part = tensor.Part(i);
            all[i] = Own(WeightMatrix.Load(RowsOf(part), part.Type, tier));
        }

        return all;
    }

    /// <summary>
    /// The matrices of each head between keys and values and the latent space, from one tensor [heads · (unturned + value), rank]: a head's
    /// upper part transposed and in f32, its lower part as it is.
    /// </summary>
    public (WeightMatrix[] Into, WeightMatrix[] OutOf) Latent(string name, int heads, LatentSpec latent)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        StoredRows rows = RowsOf(tensor);
        WeightMatrix[] into = new WeightMatrix[heads];
        WeightMatrix[] outOf = new WeightMatrix[heads];
        using NativeBuffer decoded = new((long)latent.UnturnedSize * latent.Rank * sizeof(float));
        using NativeBuffer room = new(rows.Format.RowBytes(latent.Rank));
        using NativeBuffer turned = new((long)latent.UnturnedSize * latent.Rank * sizeof(float));
        for (int h = 0; h < heads; h++)
        {
            int head = h * (latent.UnturnedSize + latent.ValueSize);
            for (int i = 0; i < latent.UnturnedSize; i++)
            {
                rows.Decode(head + i, room.Pointer, decoded.Floats + ((long)i * latent.Rank));
                for (int r = 0; r < latent.Rank; r++)
                {
                    turned.Floats[((long)r * latent.UnturnedSize) + i] = decoded.Floats[((long)i * latent.Rank) + r];
                }
            }

            into[h] = Own(WeightMatrix.Load(TensorType.F32, turned.Pointer, latent.Rank, latent.UnturnedSize, tier));
            outOf[h] = Own(WeightMatrix.Load(rows.Window(head + latent.UnturnedSize, latent.ValueSize), tensor.Type, tier));
        }

        return (into, outOf);
    }

    /// <summary>A vector as a matrix of one row. [1, inputs]</summary>
    public WeightMatrix Row(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        return Own(WeightMatrix.Load(RowsOf(tensor with { Shape = [1, tensor.Shape[0]] }), tensor.Type, tier));
    }

    /// <summary>A vector as f32; null when the model has none of that name.</summary>
    public float* OptionalVector(string name) => Has(name) ? Vector(name) : null;

    /// <summary>A vector as f32.</summary>
    public float* Vector(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        long count = tensor.Shape.Aggregate(1L, (product, size) => product * size);
        NativeBuffer buffer = Own(new NativeBuffer(count * sizeof(float)));
        if (!tensor.IsRearranged)
        {
            Decode(tensor, tensor.Data, checked((int)count), buffer.Floats);
            return buffer.Floats;
        }

        StoredRows rows = RowsOf(tensor);
        using NativeBuffer room = new(rows.Format.RowBytes(rows.Columns));
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Decode(row, room.Pointer, buffer.Floats + ((long)row * rows.Columns));
        }

        return buffer.Floats;
    }

    /// <summary>A table [rows, columns] as f32, column after column.</summary>
    public float* Columns(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        StoredRows stored = RowsOf(tensor);
        (int rows, int columns) = (stored.Rows, stored.Columns);
        using NativeBuffer room = new(stored.Format.RowBytes(columns));
        using NativeBuffer row = new((long)columns * sizeof(float));
        NativeBuffer buffer = Own(new NativeBuffer((long)rows * columns * sizeof(float)));
        for (int r = 0; r < rows; r++)
        {
            stored.Decode(r, room.Pointer, row.Floats);
            for (int c = 0; c < columns; c++)
            {
                buffer.Floats[((long)c * rows) + r] = row.Floats[c];
            }
        }

        return buffer.Floats;
    }

    /// <summary>A matrix of which rows are read one at a time: as large as in the file.</summary>
    public EmbeddingRows Rows(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        StoredRows rows = RowsOf(tensor);
        long rowBytes = rows.Format.RowBytes(rows.Columns);
        NativeBuffer buffer = Own(new NativeBuffer(rows.Rows * rowBytes));
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Copy(row, 1, buffer.Pointer + (row * rowBytes), rowBytes);
        }

        return new EmbeddingRows(rows.Format, buffer.Pointer, rows.Columns);
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }

    private void Decode(StoredTensor tensor, byte* data, int count, float* output)
    {
        if (!Dequantise.Supports(tensor.Type))
        {
            throw tensors.Refuse(tensor, $"is stored as {tensor.Type}, which cannot be decoded. Convert the model to another format, such as Q8_0.");
        }

        Dequantise.Row(tensor.Type, data, count, output);
    }

    private StoredRows RowsOf(StoredTensor tensor)
    {
        try
        {
            return StoredRows.Of(tensor);
        }
        catch (NotSupportedException e)
        {
            throw new ModelFileException($"{tensors.Path}: tensor {tensor.Name}: {e.Message}", e);
        }
    }

    private WeightMatrix Own(WeightMatrix matrix)
    {
        _owned.Add(matrix);
        Bytes += matrix.Bytes;
        return matrix;
    }

    private NativeBuffer Own(NativeBuffer buffer)
    {
        _owned.Add(buffer);
        Bytes += buffer.Bytes;
        return buffer;
    }
}
