namespace Exo.Engine.Kernels;

/// <summary>How keys and values are stored in a cache.</summary>
public enum KvCacheType
{
    /// <summary>binary16, rounded to nearest even and clamped to its largest finite value.</summary>
    F16,

    /// <summary>binary32: twice the memory, no rounding.</summary>
    F32,

    /// <summary>bfloat16, rounded to nearest even: the range of binary32 in half the memory.</summary>
    BF16,
}
