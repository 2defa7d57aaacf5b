namespace Exo.Engine.Kernels;

/// <summary>Scratch of one block of queries.</summary>
internal static class AttentionRoom
{
    /// <summary>Floats: scores of four columns, a span's outputs of four columns, the queries of four columns, and three numbers per column.</summary>
    public static long Floats(int columns, in KvLayout layout) =>
        (4 * KvLayout.PagePositions) + (4 * layout.ValueStride) + (4 * layout.KeySize) + (3 * columns) + 64;
}
