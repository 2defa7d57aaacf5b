namespace Exo.Engine.Decoding;

/// <summary>How a row of weights lies in memory, and what its numbers are. Stateless but for small tables.</summary>
internal abstract unsafe class RowFormat
{
    /// <summary>Bytes of a row.</summary>
    public abstract long RowBytes(int columns);

    /// <summary>Decodes columns [first, first + count) to f32. Runs begin and end at multiples of 256, or at the row's end.</summary>
    /// <param name="row">The row's first byte.</param>
    /// <param name="first">Of the row.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">[count]</param>
    public abstract void Decode(byte* row, int first, int count, float* y);

    /// <summary>Whether the numbers, or their scales, are finite.</summary>
    public abstract bool IsFinite(byte* row, int columns);
}
