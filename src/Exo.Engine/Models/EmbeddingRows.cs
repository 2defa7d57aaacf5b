using Exo.Engine.Decoding;

namespace Exo.Engine.Models;

/// <summary>The embedding: a row for each token, decoded when it is asked for.</summary>
internal sealed unsafe class EmbeddingRows(RowFormat format, byte* data, int columns)
{
    private readonly long _rowBytes = format.RowBytes(columns);

    /// <param name="token">Id within the vocabulary.</param>
    /// <param name="output">[columns]</param>
    public void Read(int token, float* output) => format.Decode(data + (token * _rowBytes), 0, columns, output);
}
