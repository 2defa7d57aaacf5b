using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Python's arithmetic: integers without bounds (within the budget), division that gives a float, floor division.</summary>
internal sealed class Arithmetic(Budget budget, SafeTexts safe)
{
    // Enough for any count or identifier; powers of powers stay small.
    private const long MostBits = 256;

    public object? Apply(string @operator, object? left, object? right)
    {
        if (left is Undefined a)
        {
            throw a.Fail();
        }

        if (right is Undefined b && !(@operator == "%" && left is string))
        {
            throw b.Fail();
        }

        return (@operator, left, right) switch
        {
            ("+", string x, string y) => Concatenate(x, y),
            ("+", JinjaSequence x, JinjaSequence y) when x.Kind == y.Kind && x.Kind is SequenceKind.List or SequenceKind.Tuple => Join(x, y),
            ("*", string or JinjaSequence, bool or BigInteger) => Repeat(left, right, @operator),
            ("*", bool or BigInteger, string or JinjaSequence) => Repeat(right, left, @operator),
            ("%", string format, _) => PercentFormat.Format(format, right, budget),
            _ when Operators.Integer(left) is { } x && Operators.Integer(right) is { } y => Integers(@operator, x, y),
            _ when Operators.IsNumber(left) && Operators.IsNumber(right) => Floats(@operator, Operators.Float(left), Operators.Float(right)),
            _ => throw Unsupported(@operator, left, right),
        };
    }

    public static object? Negate(object? value) => value switch
    {
        Undefined undefined => throw undefined.Fail(),
        double number => -number,
        _ when Operators.Integer(value) is { } number => -number,
        _ => throw new JinjaException($"a {PythonText.TypeName(value)} cannot be negated"),
    };

    private static double Floats(string @operator, double left, double right) => @operator switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "**" => Power(left, right),
        _ when right == 0 => throw new JinjaException("division by zero"),
        "/" => left / right,
        "//" => FloorDivide(left, right),
        "%" => Remainder(left, right),
        _ => throw Unsupported(@operator, left, right),
    };

    // Math.Pow is C's pow, which Python uses too; it differs only where Python refuses or leaves the real numbers.
    private static double Power(double left, double right) => left == 0 && right < 0 ? throw new JinjaException("0 has no negative power")
        : left < 0 && double.IsFinite(left) && Math.Floor(right) != right ? throw new JinjaException("a negative number has no such power")
        : Math.Pow(left, right) is var power && double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right) ? throw new JinjaException("the power is too large")
        : power;

    // The remainder has the sign of the divisor.
    private static double Remainder(double left, double right)
    {
        double remainder = left % right;
        return remainder == 0 ? Math.CopySign(0, right) : (right < 0) != (remainder < 0) ? remainder + right : remainder;
    }

    private static double FloorDivide(double left, double right)
    {
        double rest = left % right;
        double quotient = ((left - rest) / right) - (rest != 0 && (right < 0) != (rest < 0) ? 1 : 0);
        if (quotient == 0)
        {
            return Math.CopySign(0, left / right);
        }

        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static object Integers(string @operator, BigInteger left, BigInteger right) => @operator switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left.GetBitLength() + right.GetBitLength() <= MostBits ? left * right : throw TooLarge(),
        "**" => Power(left, right),
        _ when right.IsZero => throw new JinjaException("division by zero"),
        "/" => Divide(left, right),
        "//" => FloorDivide(left, right),
        "%" => left - (right * FloorDivide(left, right)),
        _ => throw Unsupported(@operator, left, right),
    };

    private static object Power(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
        {
            return Power(Operators.Float(left), Operators.Float(right));
        }

        return right <= MostBits && left.GetBitLength() * (long)right <= MostBits ? BigInteger.Pow(left, (int)right)
            : left.IsZero || left.IsOne ? left
            : throw TooLarge();
    }

    // Rounded once: 66 bits of the quotient and one more that says whether anything follows.
    private static double Divide(BigInteger left, BigInteger right)
    {
        int shift = (int)Math.Max(0, 66 + right.GetBitLength() - left.GetBitLength());
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(left) << shift, BigInteger.Abs(right), out BigInteger rest);
        double magnitude = Math.ScaleB(Operators.Float((quotient << 1) | (rest.IsZero ? 0 : 1)), -shift - 1);
        return left.Sign < 0 != right.Sign < 0 ? -magnitude : magnitude;
    }

    private static BigInteger FloorDivide(BigInteger left, BigInteger right)
    {
        BigInteger quotient = BigInteger.DivRem(left, right, out BigInteger remainder);
        return !remainder.IsZero && (remainder.Sign < 0) != (right.Sign < 0) ? quotient - 1 : quotient;
    }

    private static JinjaException TooLarge() => new($"a number of more than {MostBits} bits is above the limit");

    private static JinjaException Unsupported(string @operator, object? left, object? right) =>
        new($"\"{@operator}\" cannot be used on a {PythonText.TypeName(left)} and a {PythonText.TypeName(right)}");

    // A text marked as safe makes the other one safe by escaping it.
    private string Concatenate(string left, string right)
    {
        bool isSafe = safe.Contains(left) || safe.Contains(right);
        string first = isSafe ? safe.Escape(left) : left;
        string second = isSafe ? safe.Escape(right) : right;
        budget.Charge((long)first.Length + second.Length);
        string joined = string.Concat(first, second);
        return isSafe ? safe.Mark(joined) : joined;
    }

    private JinjaSequence Join(JinjaSequence left, JinjaSequence right)
    {
        budget.ChargeItems((long)left.Items.Count + right.Items.Count);
        return new JinjaSequence([.. left.Items, .. right.Items], left.Kind);
    }

    private object Repeat(object? value, object? times, string @operator)
    {
        BigInteger count = BigInteger.Max(0, Operators.Integer(times) ?? 0);
        BigInteger length = count * (value is string s ? s.Length : ((JinjaSequence)value!).Items.Count);
        long bounded = length > long.MaxValue ? long.MaxValue : (long)length;
        if (value is string)
        {
            budget.Charge(bounded);
        }
        else
        {
            budget.ChargeItems(bounded);
        }

        if (length.IsZero)
        {
            count = 0;
        }

        if (value is string text)
        {
            return string.Concat(Enumerable.Repeat(text, (int)count));
        }

        JinjaSequence sequence = (JinjaSequence)value!;
        return sequence.Kind is SequenceKind.List or SequenceKind.Tuple
            ? new JinjaSequence([.. Enumerable.Repeat(sequence.Items, (int)count).SelectMany(items => items)], sequence.Kind)
            : throw Unsupported(@operator, value, times);
    }
}
