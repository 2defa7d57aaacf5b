using System.Numerics;

namespace Exo.Engine.Grammars;

/// <summary>A least or largest value.</summary>
/// <param name="Value">The bound.</param>
/// <param name="Exclusive">Whether the bound itself is outside.</param>
internal sealed record NumberBound(ExactNumber Value, bool Exclusive)
{
    /// <summary>Digits behind the point that it needs.</summary>
    public int Scale => Value.Scale;

    /// <summary>The bound, not negative, times ten to a power, without what is left behind the point; and whether nothing was left.</summary>
    public (BigInteger Floor, bool Fits) Times(int power)
    {
        BigInteger scaled = Value.Digits * BigInteger.Pow(10, power);
        BigInteger unit = BigInteger.Pow(10, Scale);
        return (scaled / unit, scaled % unit == 0);
    }
}
