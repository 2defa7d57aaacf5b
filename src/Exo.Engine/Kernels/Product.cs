namespace Exo.Engine.Kernels;

/// <summary>One of several products with the same input.</summary>
internal readonly unsafe struct Product(WeightMatrix weights, float* output)
{
    public WeightMatrix Weights { get; } = weights;

    /// <summary>[n, rows]</summary>
    public float* Output { get; } = output;
}
