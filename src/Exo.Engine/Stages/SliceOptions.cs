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

    /// <summary>Bytes that the caches of all sessions may take together, what is kept for later ones included; 0 = no bound.</summary>
    public long CacheBytes { get; init; }

    /// <summary>
    /// Whether a session takes over what earlier ones computed of the same beginning. What nobody uses is kept as long as <see cref="CacheBytes"/> has room for
    /// it, so there must be a bound. Models with recurrent layers and encoders share nothing.
    /// </summary>
    public bool SharePrefixes { get; init; }
}
