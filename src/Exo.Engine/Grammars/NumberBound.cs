using System.Numerics;

namespace Exo.Engine.Grammars;

/// <summary>A least or largest value.</summary>
/// <param name="Value">The bound.</param>
/// <param name="Exclusive">Whether the bound itself is outside.</param>
internal sealed record NumberBound(decimal Value, bool Exclusive)
{
    /// <summary>Digits behind the point that it needs.</summary>
    public int Scale => (Value / 1.000000000000000000000000000000000m).Scale;

    /// <summary>The bound, not negative, times ten to a power, without what is left behind the point; and whether nothing was left.</summary>
    public (BigInteger Floor, bool Fits) Times(int power)
    {
        BigInteger scaled = new BigInteger(Value * Pow(Scale)) * BigInteger.Pow(10, power);
        BigInteger unit = BigInteger.Pow(10, Scale);
        return (scaled / unit, scaled % unit == 0);
    }

    private static decimal Pow(int scale)
    {
        decimal power = 1;
        for (int i = 0; i < scale; i++)
        {
            power *= 10;
        }

        return power;
    }
}
