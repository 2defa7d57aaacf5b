using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>The rows of a stored matrix, brought into the form that their format decodes.</summary>
internal abstract unsafe class StoredRows(RowFormat format, int rows, int columns)
{
    public RowFormat Format => format;

    public int Rows => rows;

    public int Columns => columns;

    /// <summary>A matrix of a file.</summary>
    /// <param name="tensor">[rows, columns], or [rows] of one column.</param>
    /// <exception cref="NotSupportedException">Its type cannot be decoded.</exception>
    public static StoredRows Of(StoredTensor tensor)
    {
        int rows = checked((int)tensor.Shape[0]);
        int columns = tensor.Shape.Length > 1 ? checked((int)tensor.Shape[1]) : 1;
        if (!tensor.Spans.IsEmpty)
        {
            return new SpannedRows(tensor, rows, columns);
        }

        if (tensor.Turned)
        {
            return new TurnedRows(tensor, rows, columns);
        }

        return tensor.Packed is { } packed ? new PackedRows(packed, rows, columns) : new FileRows(tensor.Type, tensor.Data, rows, columns);
    }

    /// <summary>The format that rows of a tensor have once loaded.</summary>
    /// <param name="tensor">[.., rows, columns]</param>
    /// <exception cref="NotSupportedException">Its type cannot be decoded.</exception>
    public static RowFormat FormatOf(StoredTensor tensor) =>
        tensor.Packed is { } packed ? new GroupedRows(packed, checked((int)tensor.Shape[^1])) : new BlockRows(tensor.Type);

    /// <summary>Some rows, one after the other, as a matrix of their own.</summary>
    public StoredRows Window(int first, int count) => new RowWindow(this, first, count);

    /// <summary>One row as f32.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="room">Takes it as it is stored.</param>
    /// <param name="y">[columns]</param>
    public void Decode(int row, byte* room, float* y)
    {
        Copy(row, 1, room, Format.RowBytes(Columns));
        Format.Decode(room, 0, Columns, y);
    }

    /// <summary>Rows [first, first + count).</summary>
    /// <param name="first">Number of the first row.</param>
    /// <param name="count">How many; at most 16.</param>
    /// <param name="to">Takes them, <paramref name="stride"/> bytes apart.</param>
    /// <param name="stride">At least the format's row.</param>
    public abstract void Copy(int first, int count, byte* to, long stride);
}
