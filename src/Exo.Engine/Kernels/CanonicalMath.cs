namespace Exo.Engine.Kernels;

/// <summary>
/// Elementary functions whose bits do not depend on the platform's library: additions, multiplications, divisions and
/// fused multiply-adds in a fixed order. Exp(float) is the canon of the vector kernels (at most 1 ulp); the others compute
/// in double with truncated series and are rounded once (at most 0.51 ulp as float).
/// </summary>
internal static class CanonicalMath
{
    // e^r = 1 + r + r^2 (C0 + C1 r + .. + C5 r^5) on |r| <= ln2 / 2, fitted for this file.
    public const float C0 = 0.5f;
    public const float C1 = 0.166666672f;
    public const float C2 = 0.041666463f;
    public const float C3 = 0.00833329838f;
    public const float C4 = 0.00139337336f;
    public const float C5 = 0.000198993919f;
    public const float Log2E = 1.44269504f;
    public const float Ln2High = 0.693145751953125f;
    public const float Ln2Low = 1.42860677e-06f;
    public const float ExpLowest = -87.3f;
    public const float ExpHighest = 88.3f;

    private const double Ln2HighDouble = 0.69314718055994528623;
    private const double Ln2LowDouble = 2.319046813846299558e-17;
    private const double HalfPiHigh = 1.5707963267948965580;
    private const double HalfPiLow = 6.123233995736766036e-17;

    /// <summary>e^x, clamped to x in [-87.3, 88.3].</summary>
    public static float Exp(float x)
    {
        // The comparisons choose as MAXPS and MINPS do, NaN included.
        x = x > ExpLowest ? x : ExpLowest;
        x = x < ExpHighest ? x : ExpHighest;
        float n = MathF.Round(x * Log2E);
        float r = MathF.FusedMultiplyAdd(-n, Ln2Low, MathF.FusedMultiplyAdd(-n, Ln2High, x));
        float p = MathF.FusedMultiplyAdd(r, C5, C4);
        p = MathF.FusedMultiplyAdd(p, r, C3);
        p = MathF.FusedMultiplyAdd(p, r, C2);
        p = MathF.FusedMultiplyAdd(p, r, C1);
        p = MathF.FusedMultiplyAdd(p, r, C0);
        p = MathF.FusedMultiplyAdd(p, r * r, r) + 1f;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(p) + ((int)n << 23));
    }

    public static float Log(float x) => (float)Log((double)x);

    /// <summary>x^y for x >= 0; NaN for a negative x.</summary>
    public static float Pow(float x, float y) => (float)Pow((double)x, y);

    public static float Sin(float x) => (float)Sin((double)x);

    public static float Cos(float x) => (float)Cos((double)x);

    /// <summary>ln(1 + e^x).</summary>
    public static float Softplus(float x) => x > 40 ? x : (float)(x < -20 ? Exp((double)x) : Log(1 + Exp((double)x)));

    public static float Tanh(float x)
    {
        double a = Math.Abs((double)x);
        double t = a < 1e-4 ? Math.FusedMultiplyAdd(-a * a * a, 1.0 / 3, a) : 1 - (2 / (Exp(2 * a) + 1));
        return (float)(x < 0 ? -t : x == 0 ? x : t);
    }

    /// <summary>e^x; 0 below -708, infinity above 709.</summary>
    public static double Exp(double x)
    {
        if (!(x >= -708))
        {
            return double.IsNaN(x) ? x : 0;
        }

        if (x > 709)
        {
            return double.PositiveInfinity;
        }

        double n = Math.Round(x * 1.4426950408889634);
        double r = Math.FusedMultiplyAdd(-n, Ln2LowDouble, Math.FusedMultiplyAdd(-n, Ln2HighDouble, x));
        double p = 1;
        for (int k = 14; k >= 1; k--)
        {
            p = Math.FusedMultiplyAdd(p, r / k, 1);
        }

        return BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(p) + ((long)n << 52));
    }

    /// <summary>Natural logarithm; -infinity of 0, NaN of a negative number.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
        {
            return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;
        }

        int shift = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0; // 2^54: subnormals
            shift = -54;
        }

        long bits = BitConverter.DoubleToInt64Bits(x);
        int e = (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0xfffffffffffff) | 0x3ff0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            e++;
        }

        double f = (m - 1) / (m + 1);
        double t = f * f;
        double p = 1.0 / 25;
        for (int k = 23; k >= 3; k -= 2)
        {
            p = Math.FusedMultiplyAdd(p, t, 1.0 / k);
        }

        double log = Math.FusedMultiplyAdd(2 * f * t, p, 2 * f);
        double exponent = e + shift;
        return Math.FusedMultiplyAdd(exponent, Ln2HighDouble, Math.FusedMultiplyAdd(exponent, Ln2LowDouble, log));
    }

    /// <summary>x^y for x >= 0; NaN for a negative x.</summary>
    public static double Pow(double x, double y) =>
        y == 0 || x == 1 ? 1 : x == 0 ? (y > 0 ? 0 : double.PositiveInfinity) : Exp(y * Log(x));

    /// <summary>Sine; the argument is reduced in two steps, good to |x| of about 2^30.</summary>
    public static double Sin(double x) => SinCos(x, 0);

    /// <summary>Cosine; the argument is reduced in two steps, good to |x| of about 2^30.</summary>
    public static double Cos(double x) => SinCos(x, 1);

    private static double SinCos(double x, long quarter)
    {
        double n = Math.Round(x * 0.63661977236758134308);
        double r = Math.FusedMultiplyAdd(-n, HalfPiLow, Math.FusedMultiplyAdd(-n, HalfPiHigh, x));
        quarter += (long)n;
        double t = r * r;
        double p = 1;
        if ((quarter & 1) == 0)
        {
            // sin r = r (1 - t/(2·3) (1 - t/(4·5) (1 - ..)))
            for (int k = 16; k >= 2; k -= 2)
            {
                p = Math.FusedMultiplyAdd(-t / (k * (k + 1)), p, 1);
            }

            p *= r;
        }
        else
        {
            for (int k = 17; k >= 1; k -= 2)
            {
                p = Math.FusedMultiplyAdd(-t / (k * (k + 1)), p, 1);
            }
        }

        return (quarter & 2) == 0 ? p : -p;
    }
}
