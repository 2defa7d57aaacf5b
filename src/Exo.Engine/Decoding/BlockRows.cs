using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>Rows of a type of GGUF files: blocks one after the other.</summary>
internal sealed unsafe class BlockRows : RowFormat
{
    private readonly TensorType _type;
    private readonly int _elements;
    private readonly int _bytes;

    /// <exception cref="NotSupportedException">The type cannot be decoded.</exception>
    public BlockRows(TensorType type)
    {
        if (!Dequantise.Supports(type))
        {
            throw new NotSupportedException($"Weights stored as {type} cannot be computed with. Convert the model to another format, such as Q8_0.");
        }

        _type = type;
        type.TryBlock(out _elements, out _bytes);
    }

    public override long RowBytes(int columns) => _type.RowBytes(columns);

    public override void Decode(byte* row, int first, int count, float* y) => Dequantise.Row(_type, row + ((long)first / _elements * _bytes), count, y);

    public override bool IsFinite(byte* row, int columns) => WeightCheck.IsFinite(_type, row, columns);
}
