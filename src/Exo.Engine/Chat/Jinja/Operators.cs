using System.Globalization;
using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Python's rules for truth, equality, order, membership and iteration.</summary>
internal static class Operators
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        JinjaSequence { Kind: SequenceKind.Generator } => true,
        JinjaSequence sequence => sequence.Items.Count > 0,
        JinjaMapping mapping => mapping.Count > 0,
        _ => true,
    };

    public static bool IsNumber(object? value) => value is BigInteger or double or bool;

    public static BigInteger? Integer(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        BigInteger number => number,
        _ => null,
    };

    public static double Float(object? value) => value switch
    {
        double number => number,
        bool flag => flag ? 1 : 0,
        BigInteger number when number.GetBitLength() <= 53 => (double)number,

        // The conversion of BigInteger cuts off where Python rounds.
        BigInteger number => double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        _ => throw new JinjaException($"a {PythonText.TypeName(value)} is no number"),
    };

    public static bool AreEqual(object? left, object? right)
    {
        Budget.RequireStack();
        Comparisons.Count();
        return (left, right) switch
        {
            (null, null) => true,
            (string a, string b) => a == b,
            (Undefined, Undefined) => true,
            (JinjaMapping a, JinjaMapping b) => a.Count == b.Count && a.Items.All(item => b.TryGet(item.Key, out object? other) && AreEqual(item.Value, other)),
            (JinjaSequence { Kind: SequenceKind.Keys or SequenceKind.Items } a, JinjaSequence { Kind: SequenceKind.Keys or SequenceKind.Items } b) =>
                a.Items.Count == b.Items.Count && a.Items.All(item => b.Items.Any(other => AreEqual(item, other))),
            (JinjaSequence a, JinjaSequence b) when a.Kind == b.Kind && a.Kind is not (SequenceKind.Generator or SequenceKind.Values) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => AreEqual(pair.First, pair.Second)),
            _ when Integer(left) is { } a && Integer(right) is { } b => a == b,
            _ when IsNumber(left) && IsNumber(right) => Float(left) == Float(right),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>Below 0, 0 or above 0; values of different kinds have no order.</summary>
    public static int Compare(object? left, object? right)
    {
        Budget.RequireStack();
        Comparisons.Count();
        if (left is Undefined undefined || (undefined = (right as Undefined)!) is not null)
        {
            throw undefined.Fail();
        }

        if (left is string a && right is string b)
        {
            return CompareTexts(a, b);
        }

        if (Integer(left) is { } x && Integer(right) is { } y)
        {
            return x.CompareTo(y);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return Float(left).CompareTo(Float(right));
        }

        if (left is JinjaSequence { Kind: SequenceKind.List or SequenceKind.Tuple } first && right is JinjaSequence second && first.Kind == second.Kind)
        {
            for (int i = 0; i < Math.Min(first.Items.Count, second.Items.Count); i++)
            {
                if (!AreEqual(first.Items[i], second.Items[i]))
                {
                    return Compare(first.Items[i], second.Items[i]);
                }
            }

            return first.Items.Count.CompareTo(second.Items.Count);
        }

        throw new JinjaException($"a {PythonText.TypeName(left)} and a {PythonText.TypeName(right)} cannot be compared");
    }

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part ? text.Contains(part, StringComparison.Ordinal)
            : throw new JinjaException($"a {PythonText.TypeName(item)} cannot be in a text"),
        JinjaMapping mapping => mapping.Contains(item),
        Undefined => false,
        _ => Iterate(container).Any(other => AreEqual(other, item)),
    };

    public static IReadOnlyList<object?> Iterate(object? value) => value switch
    {
        JinjaSequence sequence => sequence.Iterate(),
        JinjaMapping mapping => [.. mapping.Keys],
        string text => CodePoints.Split(text),
        Undefined => [],
        _ => throw new JinjaException($"a {PythonText.TypeName(value)} cannot be iterated over"),
    };

    public static int Length(object? value) => value switch
    {
        string text => CodePoints.Count(text),
        JinjaSequence { Kind: not SequenceKind.Generator } sequence => sequence.Items.Count,
        JinjaMapping mapping => mapping.Count,
        Undefined => 0,
        LoopState loop => loop.Count,
        _ => throw new JinjaException($"a {PythonText.TypeName(value)} has no length"),
    };

    // Ordinal order of UTF-16 is not that of code points where surrogates meet U+E000 and up.
    private static int CompareTexts(string a, string b)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (a[i] != b[i])
            {
                int order = char.IsSurrogate(a[i]).CompareTo(char.IsSurrogate(b[i]));
                return order != 0 ? order : a[i].CompareTo(b[i]);
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
