using System.Globalization;
using System.Numerics;

namespace Exo.Engine.Grammars;

/// <summary>
/// JSON numbers that are multiples of a step, within bounds, or no whole numbers: read digit by digit, with the remainder and where the digits stand
/// to each bound. No exponents, and zero has no minus.
/// </summary>
internal sealed class NumberAutomaton
{
    private readonly int _divisor;
    private readonly int _scale;
    private readonly bool _isStepped;
    private readonly JsonKinds _kinds;
    private readonly Side? _plus;
    private readonly Side? _minus;

    private NumberAutomaton(SchemaShape shape, int divisor, int scale)
    {
        (_divisor, _scale, _isStepped, _kinds) = (divisor, scale, shape.Step is not null, shape.Kinds & JsonKinds.Number);
        (NumberBound? low, NumberBound? high) = (shape.Low, shape.High);
        NumberBound zero = new(default, Exclusive: true);
        _plus = high is { Value.Sign: < 0 } ? null : new Side(low is { Value.Sign: >= 0 } ? new Limit(low) : null, high is null ? null : new Limit(high));
        _minus = low is { Value.Sign: >= 0 } ? null : new Side(new Limit(high is { Value.Sign: < 0 } ? Turned(high) : zero), low is null ? null : new Limit(Turned(low)));
    }

    private enum Phase
    {
        Start,
        Minus,
        Zero,
        Whole,
        Point,
        Fraction,
    }

    /// <summary>The numbers of a shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="rules">Counts the states.</param>
    /// <exception cref="GrammarException">They need too many states.</exception>
    public static GrammarPattern Of(SchemaShape shape, GrammarRules rules)
    {
        BigInteger divisor = shape.Step?.Digits ?? 1;
        NumberAutomaton? numbers = divisor > TextAutomaton.MostStates ? null : new NumberAutomaton(shape, (int)divisor, shape.Step?.Scale ?? 0);
        TextAutomaton? all = numbers is null ? null : TextAutomaton.Explore(new Place(Phase.Start), numbers.Ends, numbers.Ways, rules);
        return all is null
            ? throw SchemaKeywords.Wrong(shape.StepAt, $"the keyword multipleOf needs too many states here; take a divisor of fewer digits, bounds of fewer digits, or fewer divisors")
            : all.ToPattern(set => new GrammarPattern.Chars(set));
    }

    private static NumberBound Turned(NumberBound bound) => bound with { Value = -bound.Value };

    private IEnumerable<(int First, int Last, Place Target)> Ways(Place at)
    {
        if (at.Phase == Phase.Start && _minus is not null)
        {
            yield return ('-', '-', new Place(Phase.Minus) { IsNegative = true });
        }

        if (at.Phase is Phase.Zero or Phase.Whole && _kinds.HasFlag(JsonKinds.Fraction))
        {
            Side side = SideOf(at);
            yield return ('.', '.', at with { Phase = Phase.Point, Low = side.Low?.AtPoint(at.Low) ?? default, High = side.High?.AtPoint(at.High) ?? default });
        }

        if (at.Phase == Phase.Zero || (at.Phase == Phase.Start && _plus is null))
        {
            yield break;
        }

        for (int digit = 0; digit < 10; digit++)
        {
            if (Next(at, digit) is { } next)
            {
                yield return ('0' + digit, '0' + digit, next);
            }
        }
    }

    /// <summary>The place behind a digit; null where it leads out for sure.</summary>
    private Place? Next(Place at, int digit)
    {
        Side side = SideOf(at);
        if (at.Phase is Phase.Start or Phase.Minus or Phase.Whole)
        {
            return at with
            {
                Phase = at.Phase != Phase.Whole && digit == 0 ? Phase.Zero : Phase.Whole,
                Remainder = Then(at.Remainder, digit),
                Low = side.Low?.Whole(at.Low, digit) ?? default,
                High = side.High?.Whole(at.High, digit) ?? default,
            };
        }

        if (_isStepped && at.Digits == _scale)
        {
            return digit == 0 ? at with { Phase = Phase.Fraction } : null;
        }

        return at with
        {
            Phase = Phase.Fraction,
            Remainder = Then(at.Remainder, digit),
            Digits = at.Digits + (_isStepped ? 1 : 0),
            IsBroken = at.IsBroken || digit > 0,
            Low = side.Low?.Fraction(at.Low, digit) ?? default,
            High = side.High?.Fraction(at.High, digit) ?? default,
        };
    }

    private bool Ends(Place at)
    {
        if (at.Phase is Phase.Start or Phase.Minus or Phase.Point || (!at.IsBroken && !_kinds.HasFlag(JsonKinds.Integer)))
        {
            return false;
        }

        int remainder = at.Remainder;
        for (int i = at.Digits; i < _scale; i++)
        {
            remainder = Then(remainder, 0);
        }

        Side side = SideOf(at);
        bool whole = at.Phase != Phase.Fraction;
        return remainder == 0 && side.Low?.Allows(at.Low, whole, 1) != false && side.High?.Allows(at.High, whole, -1) != false;
    }

    private int Then(int remainder, int digit) => (int)(((remainder * 10L) + digit) % _divisor);

    private Side SideOf(Place at) => at.IsNegative ? _minus! : _plus ?? new Side(null, null);

    /// <summary>What was read.</summary>
    /// <param name="Phase">The part of the number.</param>
    private readonly record struct Place(Phase Phase)
    {
        public bool IsNegative { get; init; }

        public int Remainder { get; init; }

        /// <summary>Digits behind the point, up to those of the step.</summary>
        public int Digits { get; init; }

        /// <summary>Whether one of them is not 0.</summary>
        public bool IsBroken { get; init; }

        public Standing Low { get; init; }

        public Standing High { get; init; }
    }

    /// <summary>How the digits stand to those of a bound, of which so many were compared.</summary>
    private readonly record struct Standing(int Compared, int Order);

    /// <summary>The bounds of the numbers of one sign, without the sign.</summary>
    private sealed record Side(Limit? Low, Limit? High);

    private sealed class Limit
    {
        private readonly string _whole;
        private readonly string _fraction;
        private readonly bool _exclusive;

        public Limit(NumberBound bound)
        {
            string digits = bound.Value.Digits.ToString(CultureInfo.InvariantCulture).PadLeft(bound.Scale + 1, '0');
            (_whole, _fraction, _exclusive) = (digits[..^bound.Scale], digits[^bound.Scale..], bound.Exclusive);
        }

        public Standing Whole(Standing at, int digit) => at.Compared < _whole.Length
            ? new Standing(at.Compared + 1, at.Order != 0 ? at.Order : Math.Sign(digit - (_whole[at.Compared] - '0')))
            : new Standing(_whole.Length + 1, 1);

        public Standing AtPoint(Standing at) => new(0, at.Compared < _whole.Length ? -1 : at.Order);

        public Standing Fraction(Standing at, int digit) => at.Order != 0
            ? at
            : at.Compared < _fraction.Length
                ? Settled(at.Compared + 1, Math.Sign(digit - (_fraction[at.Compared] - '0')))
                : Settled(at.Compared, Math.Sign(digit));

        /// <summary>Whether the number may end.</summary>
        /// <param name="at">Where it stands.</param>
        /// <param name="whole">Whether it has no point.</param>
        /// <param name="sign">1: it must be at least the bound; -1: at most.</param>
        public bool Allows(Standing at, bool whole, int sign)
        {
            Standing end = whole ? AtPoint(at) : at;
            int order = end.Order != 0 ? end.Order : end.Compared < _fraction.Length ? -1 : 0;
            return order == 0 ? !_exclusive : order == sign;
        }

        private static Standing Settled(int compared, int order) => order == 0 ? new Standing(compared, 0) : new Standing(0, order);
    }
}
