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
        try
        {
            WeightMatrix matrix = WeightMatrix.Load(tensor.Type, tensor.Data, checked((int)tensor.Shape[0]), checked((int)tensor.Shape[1]), tier);
            _owned.Add(matrix);
            Bytes += matrix.Bytes;
            return matrix;
        }
        catch (NotSupportedException e)
        {
            throw new ModelFileException($"{tensors.Path}: tensor {tensor.Name}: {e.Message}", e);
        }
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
        Decode(tensor, tensor.Data, checked((int)count), buffer.Floats);
        return buffer.Floats;
    }

    /// <summary>A matrix of which rows are read one at a time: the file's bytes.</summary>
    public EmbeddingRows Rows(string name)
    {
        StoredTensor tensor = tensors.Require(name);
        StoredNumbers.RequireFinite(tensors, tensor);
        if (!Dequantise.Supports(tensor.Type))
        {
            throw tensors.Refuse(tensor, $"is stored as {tensor.Type}, which cannot be decoded. Convert the model to another format, such as Q8_0.");
        }

        NativeBuffer buffer = Own(new NativeBuffer(tensor.Bytes));
        Buffer.MemoryCopy(tensor.Data, buffer.Pointer, buffer.Bytes, tensor.Bytes);
        return new EmbeddingRows(tensor.Type, buffer.Pointer, checked((int)tensor.Shape[1]));
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

    private NativeBuffer Own(NativeBuffer buffer)
    {
        _owned.Add(buffer);
        Bytes += buffer.Bytes;
        return buffer;
    }
}
