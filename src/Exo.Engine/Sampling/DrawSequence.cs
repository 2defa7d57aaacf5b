namespace Exo.Engine.Sampling;

/// <summary>
/// Uniform numbers addressed by (seed, position): any device can make the n-th without the ones before it. Two rounds of the
/// SplitMix64 finaliser (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014) over seed and position.
/// </summary>
internal static class DrawSequence
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public static double At(ulong seed, int position)
    {
        ulong bits = Mix(Mix(seed + Golden) ^ (((ulong)(uint)position + 1) * Golden));
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
