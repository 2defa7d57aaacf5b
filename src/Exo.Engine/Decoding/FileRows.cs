using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>Rows that lie in the file as they are decoded.</summary>
internal sealed unsafe class FileRows(TensorType type, byte* data, int rows, int columns) : StoredRows(new BlockRows(type), rows, columns)
{
    private readonly long _bytes = type.RowBytes(columns);

    public override void Copy(int first, int count, byte* to, long stride)
    {
        for (int r = 0; r < count; r++)
        {
            Buffer.MemoryCopy(data + ((first + r) * _bytes), to + (r * stride), _bytes, _bytes);
        }
    }
}
