using System.Collections.Immutable;
using System.Numerics;

namespace Exo.Engine.Grammars;

/// <summary>Numbers within bounds as sequences of digit ranges, and the patterns of decimals made of them.</summary>
internal static class DigitRanges
{
    /// <summary>Digits of all numbers from first to last, both written with so many digits.</summary>
    public static IEnumerable<(int First, int Last)[]> Split(BigInteger first, BigInteger last, int digits, int numberBase)
    {
        BigInteger unit = 1;
        for (int i = 1; i < digits; i++)
        {
            unit *= numberBase;
            if (first / unit != last / unit)
            {
                if (first % unit != 0)
                {
                    BigInteger end = (first / unit * unit) + unit - 1;
                    return [.. Split(first, end, digits, numberBase), .. Split(end + 1, last, digits, numberBase)];
                }

                if (last % unit != unit - 1)
                {
                    BigInteger begin = last / unit * unit;
                    return [.. Split(first, begin - 1, digits, numberBase), .. Split(begin, last, digits, numberBase)];
                }
            }
        }

        (int, int)[] sequence = new (int, int)[digits];
        for (int i = digits - 1; i >= 0; i--)
        {
            sequence[i] = ((int)(first % numberBase), (int)(last % numberBase));
            first /= numberBase;
            last /= numberBase;
        }

        return [sequence];
    }

    /// <summary>JSON numbers within bounds, without exponents.</summary>
    /// <param name="low">Least value; null for none.</param>
    /// <param name="high">Largest value; null for none.</param>
    /// <param name="integer">Whether only whole numbers count.</param>
    public static GrammarPattern Numbers(NumberBound? low, NumberBound? high, bool integer)
    {
        NumberBound zero = new(default, Exclusive: false);
        List<GrammarPattern> options = [];
        if (high is null || high.Value.Sign > 0 || high is { Value.Sign: 0, Exclusive: false })
        {
            options.Add(Magnitudes(low is null || low.Value.Sign < 0 ? zero : low, high, integer));
        }

        if (low is null || low.Value.Sign < 0)
        {
            NumberBound least = high is { Value.Sign: < 0 } ? new NumberBound(-high.Value, high.Exclusive) : zero with { Exclusive = true };
            options.Add(GrammarPattern.Of(GrammarPattern.Text("-"), Magnitudes(least, low is null ? null : new NumberBound(-low.Value, low.Exclusive), integer)));
        }

        return GrammarPattern.OneOf(options);
    }

    private static GrammarPattern Magnitudes(NumberBound low, NumberBound? high, bool integer)
    {
        if (integer)
        {
            return GrammarPattern.OneOf(Scaled(Least(low, 0), high is null ? null : Most(high, 0), 0, GrammarPattern.Empty));
        }

        int scale = Math.Max(low.Scale, high?.Scale ?? 0);
        List<GrammarPattern> options = [];
        for (int digits = 0; digits <= scale; digits++)
        {
            // With fewer digits than a bound has, its last whole step counts.
            options.AddRange(Scaled(Least(low, digits), high is null ? null : Most(high, digits), digits, GrammarPattern.Empty));
        }

        // More digits than the bounds have: the number cut short decides, the digits behind only where it meets a bound.
        GrammarPattern digit = new GrammarPattern.Chars(CodeSet.Of([('0', '9')]));
        GrammarPattern zeros = GrammarPattern.Text("0");
        (BigInteger from, _) = low.Times(scale);
        BigInteger? to = high?.Times(scale).Floor;
        options.AddRange(Scaled(from + (low.Exclusive ? 1 : 0), to - 1, scale, Tail(scale, digit.Some())));
        if (low.Exclusive && (to is null || from < to))
        {
            options.AddRange(Scaled(from, from, scale, Tail(scale, GrammarPattern.Of(zeros.Any(), new GrammarPattern.Chars(CodeSet.Of([('1', '9')])), digit.Any()))));
        }

        if (to is not null && !high!.Exclusive && (from < to || (from == to && !low.Exclusive)))
        {
            options.AddRange(Scaled(to.Value, to, scale, Tail(scale, zeros.Some())));
        }

        return GrammarPattern.OneOf(options);
    }

    /// <summary>The least number of so many digits behind the point, without the point.</summary>
    private static BigInteger Least(NumberBound low, int digits)
    {
        (BigInteger floor, bool fits) = low.Times(digits);
        return floor + (!fits || low.Exclusive ? 1 : 0);
    }

    /// <summary>The largest.</summary>
    private static BigInteger Most(NumberBound high, int digits)
    {
        (BigInteger floor, bool fits) = high.Times(digits);
        return floor - (fits && high.Exclusive ? 1 : 0);
    }

    private static GrammarPattern Tail(int scale, GrammarPattern digits) => scale == 0 ? GrammarPattern.Of(GrammarPattern.Text("."), digits) : digits;

    /// <summary>Whole numbers within bounds, a point before their last digits, something behind them.</summary>
    private static IEnumerable<GrammarPattern> Scaled(BigInteger low, BigInteger? high, int fraction, GrammarPattern tail)
    {
        int least = fraction + 1;
        int most = Math.Max(least, (high ?? low).ToString(System.Globalization.CultureInfo.InvariantCulture).Length);
        for (int length = least; length <= most; length++)
        {
            BigInteger first = BigInteger.Max(low, length == least ? 0 : BigInteger.Pow(10, length - 1));
            BigInteger last = BigInteger.Pow(10, length) - 1;
            last = high is null ? last : BigInteger.Min(last, high.Value);
            foreach ((int First, int Last)[] digits in first <= last ? Split(first, last, length, 10) : [])
            {
                yield return Pointed(digits.Select(range => new GrammarPattern.Chars(CodeSet.Of([('0' + range.First, '0' + range.Last)]))), fraction, length, tail);
            }
        }

        if (high is null)
        {
            // Longer numbers are all larger.
            GrammarPattern digit = new GrammarPattern.Chars(CodeSet.Of([('0', '9')]));
            GrammarPattern longer = GrammarPattern.Of(new GrammarPattern.Chars(CodeSet.Of([('1', '9')])), digit.Times(most - fraction, null));
            yield return GrammarPattern.Of(longer, fraction == 0 ? GrammarPattern.Empty : GrammarPattern.Of(GrammarPattern.Text("."), digit.Times(fraction, fraction)), tail);
        }
    }

    private static GrammarPattern.Sequence Pointed(IEnumerable<GrammarPattern> digits, int fraction, int length, GrammarPattern tail)
    {
        ImmutableArray<GrammarPattern>.Builder parts = ImmutableArray.CreateBuilder<GrammarPattern>();
        foreach (GrammarPattern digit in digits)
        {
            if (fraction > 0 && parts.Count == length - fraction)
            {
                parts.Add(GrammarPattern.Text("."));
            }

            parts.Add(digit);
        }

        parts.Add(tail);
        return new GrammarPattern.Sequence(parts.ToImmutable());
    }
}
