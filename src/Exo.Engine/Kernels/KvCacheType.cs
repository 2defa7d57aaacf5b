namespace Exo.Engine.Kernels;

/// <summary>How keys and values are stored in a cache. All stages of a ring store alike; the numbers travel between devices.</summary>
public enum KvCacheType
{
    /// <summary>binary16, rounded to nearest even and clamped to its largest finite value.</summary>
    F16 = 0,

    /// <summary>binary32: twice the memory, no rounding.</summary>
    F32 = 1,

    /// <summary>bfloat16, rounded to nearest even: the range of binary32 in half the memory.</summary>
    BF16 = 2,

    /// <summary>
    /// Whole numbers from -127 to 127, 32 neighbours of a head with one binary16 scale, largest magnitude / 127 (the block of Q8_0): a little more than half the memory
    /// of binary16. Sizes that are no multiple of 32 end with a shorter block.
    /// </summary>
    Q8 = 3,
}
