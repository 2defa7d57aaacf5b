namespace Exo.Engine.Kernels;

/// <summary>e^(z²) · erfc(z) as a polynomial in t = 1 / (1 + z/2), interpolated at the Chebyshev nodes of z in [0, 9.3]; at most 6e-8 relative.</summary>
internal static class ErfcSeries
{
    /// <summary>z/2 for each x of z = x/√2.</summary>
    public const float Half = 0.35355339f;

    public const float C0 = 1.6445415894850157e-05f;
    public const float C1 = 0.281652569770813f;
    public const float C2 = 0.28729870915412903f;
    public const float C3 = 0.21149350702762604f;
    public const float C4 = 0.32984283566474915f;
    public const float C5 = -0.361833781003952f;
    public const float C6 = 0.86563640832901f;
    public const float C7 = -1.1650159358978271f;
    public const float C8 = 0.7783818244934082f;
    public const float C9 = -0.2647896111011505f;
    public const float C10 = 0.03731706365942955f;
}
