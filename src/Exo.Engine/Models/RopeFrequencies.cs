using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Frequencies of rotation, and the scalings for contexts longer than those a model was trained on.</summary>
internal static class RopeFrequencies
{
    /// <summary>base^(−2i / rotated). [rotated / 2]</summary>
    public static double[] Plain(double frequencyBase, int rotated)
    {
        double[] frequencies = new double[rotated / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = CanonicalMath.Pow(frequencyBase, -2.0 * i / rotated);
        }

        return frequencies;
    }

    /// <summary>Llama 3.1: low frequencies are divided by the factor, high ones stay, those between are mixed.</summary>
    public static double[] Llama3(double[] frequencies, double factor, double lowFactor, double highFactor, double originalContext)
    {
        double[] scaled = new double[frequencies.Length];
        for (int i = 0; i < frequencies.Length; i++)
        {
            double turns = originalContext * frequencies[i] / (2 * Math.PI);
            double keep = highFactor == lowFactor ? (turns >= lowFactor ? 1 : 0) : Math.Clamp((turns - lowFactor) / (highFactor - lowFactor), 0, 1);
            scaled[i] = ((1 - keep) * frequencies[i] / factor) + (keep * frequencies[i]);
        }

        return scaled;
    }

    /// <summary>YaRN (arXiv 2309.00071): pairs that turn rarely are divided by the factor, fast ones stay.</summary>
    /// <param name="frequencies">Unscaled.</param>
    /// <param name="frequencyBase">Their base.</param>
    /// <param name="factor">Longer context ÷ original one.</param>
    /// <param name="originalContext">Positions of training.</param>
    /// <param name="fast">Turns in the original context above which a pair stays.</param>
    /// <param name="slow">Turns below which it is divided.</param>
    /// <param name="whole">Whether the pairs between which frequencies are mixed are rounded outwards.</param>
    public static double[] Yarn(double[] frequencies, double frequencyBase, double factor, double originalContext, double fast, double slow, bool whole = true)
    {
        int rotated = frequencies.Length * 2;
        double low = Math.Max(0, whole ? Math.Floor(PairOf(fast)) : PairOf(fast));
        double high = Math.Min(rotated - 1, whole ? Math.Ceiling(PairOf(slow)) : PairOf(slow));
        double[] scaled = new double[frequencies.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            double keep = 1 - Math.Clamp((i - low) / Math.Max(0.001, high - low), 0, 1);
            scaled[i] = ((1 - keep) * frequencies[i] / factor) + (keep * frequencies[i]);
        }

        return scaled;

        double PairOf(double turns) =>
            rotated * CanonicalMath.Log(originalContext / (turns * 2 * Math.PI)) / (2 * CanonicalMath.Log(frequencyBase));
    }

    /// <summary>YaRN's factor of cosine and sine.</summary>
    /// <param name="factor">Longer context ÷ original one.</param>
    /// <param name="multiplier">Of its logarithm.</param>
    public static double YarnMagnitude(double factor, double multiplier = 1) => factor <= 1 ? 1 : 1 + (0.1 * multiplier * CanonicalMath.Log(factor));
}
