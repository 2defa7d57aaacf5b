namespace Exo.Engine.Kernels;

/// <summary>Consecutive queries of one session: query i stands at position Position + i and sees what the cache holds up to itself.</summary>
internal unsafe struct AttentionRows
{
    /// <summary>[Count, heads, keySize]</summary>
    public float* Queries;

    /// <summary>[Count, heads, valueSize]</summary>
    public float* Output;

    /// <summary>Pages of this layer: page p holds positions 512 p .. 512 p + 511. Pages wholly behind the window may be null.</summary>
    public byte** Pages;

    public int Count;

    public int Position;
}
