using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>Rows of floats that lie as columns in the file.</summary>
internal sealed unsafe class TurnedRows : StoredRows
{
    private readonly byte* _data;
    private readonly int _size;

    /// <exception cref="NotSupportedException">They are stored in blocks.</exception>
    public TurnedRows(StoredTensor tensor, int rows, int columns)
        : base(new BlockRows(tensor.Type), rows, columns)
    {
        _data = (byte*)tensor.Address;
        _size = tensor switch
        {
            { Packed: null, Type: TensorType.F32 } => sizeof(float),
            { Packed: null, Type: TensorType.F16 or TensorType.BF16 } => sizeof(ushort),
            _ => throw new NotSupportedException($"it is stored as {tensor.Storage}, which cannot be turned; F32, F16 and BF16 can. Choose the unquantised model, or a GGUF file of it."),
        };
    }

    public override void Copy(int first, int count, byte* to, long stride)
    {
        for (int c = 0; c < Columns; c++)
        {
            byte* from = _data + ((((long)c * Rows) + first) * _size);
            byte* place = to + ((long)c * _size);
            for (int r = 0; r < count; r++, from += _size, place += stride)
            {
                (place[0], place[1]) = (from[0], from[1]);
                if (_size == sizeof(float))
                {
                    (place[2], place[3]) = (from[2], from[3]);
                }
            }
        }
    }
}
