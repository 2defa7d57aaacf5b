using Exo.Engine.Formats;
using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>The embedding: a row for each token, decoded when it is asked for.</summary>
internal sealed unsafe class EmbeddingRows(TensorType type, byte* data, int columns)
{
    private readonly long _rowBytes = type.RowBytes(columns);

    /// <param name="token">Id within the vocabulary.</param>
    /// <param name="output">[columns]</param>
    public void Read(int token, float* output) => Dequantise.Row(type, data + (token * _rowBytes), columns, output);
}
