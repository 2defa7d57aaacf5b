using Exo.Engine.Kernels;

namespace Exo.Engine.Stages;

/// <summary>How a slice computes. No value but <see cref="Cache"/>, <see cref="KernelTier.Judge"/> and <see cref="KernelTier.Ggml"/> changes a bit of its output.</summary>
public sealed record SliceOptions
{
    /// <summary>Threads that compute; 0 = one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Kernels to compute with.</summary>
    public KernelTier Kernels { get; init; } = KernelTier.Auto;

    /// <summary>Storage of keys and values.</summary>
    public KvCacheType Cache { get; init; } = KvCacheType.F16;
}
