using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Filters that order, group or sum the items of a sequence.</summary>
internal static class GroupFilters
{
    private static readonly Comparer<object?> s_order = Comparer<object?>.Create(Operators.Compare);

    public static void AddTo(Dictionary<string, FilterTable.Filter> filters)
    {
        filters["sort"] = Sort;
        filters["dictsort"] = DictSort;
        filters["unique"] = Unique;
        filters["groupby"] = GroupBy;
        filters["sum"] = Sum;
        filters["min"] = (evaluator, value, arguments) => Extreme(evaluator, value, arguments, "min", -1);
        filters["max"] = (evaluator, value, arguments) => Extreme(evaluator, value, arguments, "max", 1);
        filters["batch"] = Batch;
        filters["slice"] = Slice;
    }

    private static Func<object?, object?> Key(Evaluator evaluator, object? path, bool caseSensitive) => item =>
    {
        object? key = path is null ? item : SequenceFilters.Path(evaluator, item, path);
        return !caseSensitive && key is string text ? TextCase.Lower(text) : key;
    };

    private static JinjaSequence Sort(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("sort", "reverse", "case_sensitive", "attribute");
        object? path = bound.Or(2, null);
        IReadOnlyList<object?> items = Operators.Iterate(value);
        object?[] paths = path is string names ? names.Split(',') : [path];

        // A list even of one key, as in Jinja: equal keys are never asked for their order, so None, None and undefined ones can be sorted.
        return new JinjaSequence(Ordered(items, item => JinjaSequence.Tuple([.. paths.Select(part => Key(evaluator, part, bound.Flag(1))(item))]), bound.Flag(0)));
    }

    /// <summary>The items by Python's order of their keys; a sort that keeps equal ones as they came.</summary>
    /// <exception cref="JinjaException">Two keys have no order.</exception>
    public static List<T> Ordered<T>(IEnumerable<T> items, Func<T, object?> key, bool descending = false)
    {
        try
        {
            return descending ? [.. items.OrderByDescending(key, s_order)] : [.. items.OrderBy(key, s_order)];
        }
        catch (InvalidOperationException failure) when (failure.InnerException is JinjaException cause)
        {
            throw new JinjaException(cause.Message);
        }
    }

    private static JinjaSequence DictSort(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("dictsort", "case_sensitive", "by", "reverse");
        JinjaMapping mapping = value as JinjaMapping ?? throw new JinjaException("dictsort needs a mapping");
        int by = bound.TextOr(1, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new JinjaException("dictsort sorts by \"key\" or \"value\""),
        };
        return new JinjaSequence(Ordered(MappingMethods.Pairs(mapping), Key(evaluator, new BigInteger(by), bound.Flag(0)), bound.Flag(2)));
    }

    private static JinjaSequence Unique(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("unique", "case_sensitive", "attribute");
        Func<object?, object?> key = Key(evaluator, bound.Or(1, null), bound.Flag(0));
        JinjaMapping seen = new();
        List<object?> items = [];
        foreach (object? item in Operators.Iterate(value))
        {
            object? identity = key(item);
            if (!seen.Contains(identity))
            {
                seen.Set(identity, null);
                items.Add(item);
            }
        }

        return JinjaSequence.Generator(items);
    }

    private static JinjaSequence GroupBy(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("groupby", "attribute", "default", "case_sensitive");
        object? path = bound[0];
        Func<object?, object?> key = item =>
        {
            object? found = Key(evaluator, path, bound.Flag(2))(item);
            return found is Undefined && bound.Has(1) ? bound[1] : found;
        };
        List<object?> groups = [];
        object? last = null;
        JinjaSequence? group = null;
        foreach (object? item in Ordered(Operators.Iterate(value), key, descending: false))
        {
            object? identity = key(item);
            if (group is null || !Operators.AreEqual(last, identity))
            {
                group = new JinjaSequence([]);
                last = identity;
                object? shown = SequenceFilters.Path(evaluator, item, path);
                groups.Add(JinjaSequence.Tuple(shown is Undefined && bound.Has(1) ? bound[1] : shown, group));
            }

            group.Items.Add(item);
        }

        return new JinjaSequence(groups);
    }

    private static object? Sum(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("sum", "attribute", "start");
        object? path = bound.Or(0, null);
        object? sum = bound.Or(1, BigInteger.Zero) is var start and not string ? start : throw new JinjaException("sum adds no texts: use join");
        Arithmetic arithmetic = new(evaluator.Budget, evaluator.Safe);
        foreach (object? item in Operators.Iterate(value))
        {
            sum = arithmetic.Apply("+", sum, path is null ? item : SequenceFilters.Path(evaluator, item, path));
        }

        return sum;
    }

    private static object? Extreme(Evaluator evaluator, object? value, CallArguments arguments, string name, int sign)
    {
        var bound = arguments.Bind(name, "case_sensitive", "attribute");
        Func<object?, object?> key = Key(evaluator, bound.Or(1, null), bound.Flag(0));
        IReadOnlyList<object?> items = Operators.Iterate(value);
        if (items.Count == 0)
        {
            return new Undefined("the sequence is empty");
        }

        object? best = items[0];
        foreach (object? item in items.Skip(1))
        {
            best = Operators.Compare(key(item), key(best)) * sign > 0 ? item : best;
        }

        return best;
    }

    private static JinjaSequence Batch(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("batch", "linecount", "fill_with");
        List<object?> batches = [];
        JinjaSequence current = new([]);
        foreach (object? item in Operators.Iterate(value))
        {
            if (Operators.AreEqual(new BigInteger(current.Items.Count), bound[0]))
            {
                batches.Add(current);
                current = new JinjaSequence([]);
            }

            current.Items.Add(item);
        }

        if (current.Items.Count > 0)
        {
            batches.Add(current);
            if (bound.Or(1, null) is { } fill)
            {
                int missing = Math.Max(0, bound.Integer(0) - current.Items.Count);
                evaluator.Budget.Charge(missing);
                current.Items.AddRange(Enumerable.Repeat<object?>(fill, missing));
            }
        }

        return JinjaSequence.Generator(batches);
    }

    private static JinjaSequence Slice(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("slice", "slices", "fill_with");
        IReadOnlyList<object?> items = Operators.Iterate(value);
        int slices = bound.Integer(0) is > 0 and var count ? count : throw new JinjaException("slice needs a number above 0");
        evaluator.Budget.Charge(slices);
        int size = items.Count / slices;
        int longer = items.Count % slices;
        List<object?> parts = [];
        int at = 0;
        for (int i = 0; i < slices; i++)
        {
            int length = size + (i < longer ? 1 : 0);
            List<object?> part = [.. items.Skip(at).Take(length)];
            at += length;
            if (bound.Or(1, null) is { } fill && i >= longer)
            {
                part.Add(fill);
            }

            parts.Add(new JinjaSequence(part));
        }

        return JinjaSequence.Generator(parts);
    }
}
