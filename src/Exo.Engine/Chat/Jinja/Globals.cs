using System.Globalization;
using System.Numerics;
using Bound = Exo.Engine.Chat.Jinja.CallArguments.Bound;

namespace Exo.Engine.Chat.Jinja;

/// <summary>What every template may call.</summary>
internal static class Globals
{
    private const int LongestRange = 100_000;

    public static void Define(Scope scope, Budget budget, DateTimeOffset now)
    {
        Function("range", arguments => Range(arguments, budget));
        Function("dict", Dict);
        Function("namespace", Namespace);
        Function("joiner", Joiner);
        Function("cycler", Cycler);
        Function("lipsum", _ => throw new JinjaException("\"lipsum\" makes random text, which a chat template has no use for"));
        Function("raise_exception", arguments => throw new JinjaException(PythonText.Str(arguments.Bind("raise_exception", "message")[0]), raised: true));
        Function("strftime_now", arguments => Strftime.Format(now, arguments.Bind("strftime_now", "format").Text(0)));
        scope.Set("self", new JinjaNamespace());

        void Function(string name, Func<CallArguments, object?> body) => scope.Set(name, new JinjaFunction(name, body));
    }

    private static JinjaSequence Range(CallArguments arguments, Budget budget)
    {
        Bound bound = arguments.Bind("range", "start", "stop", "step");
        (long start, long stop) = bound.Has(1) ? (Long(bound, 0), Long(bound, 1)) : (0, Long(bound, 0));
        long step = bound.Has(2) ? Long(bound, 2) : 1;
        if (step == 0)
        {
            throw new JinjaException("the step of a range cannot be zero");
        }

        long count = Math.Max(0, step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step);
        if (count > LongestRange)
        {
            throw new JinjaException($"a range of {count} items is above the limit of {LongestRange}");
        }

        budget.ChargeItems(count);
        List<object?> items = new((int)count);
        for (long i = 0; i < count; i++)
        {
            items.Add(new BigInteger(start + (i * step)));
        }

        return new JinjaSequence(items, SequenceKind.Range) { Range = new RangeBounds(start, stop, step) };
    }

    // Bounds beyond any list are as good as the ends of one.
    private static long Long(Bound bound, int index) => Operators.Integer(bound[index]) is { } number
        ? (long)BigInteger.Clamp(number, long.MinValue / 8, long.MaxValue / 8)
        : bound.Integer(index);

    private static JinjaMapping Dict(CallArguments arguments)
    {
        JinjaMapping mapping = arguments.Positional.Count switch
        {
            0 => new JinjaMapping(),
            1 when arguments.Positional[0] is JinjaMapping given => given.Copy(),
            1 when arguments.Positional[0] is Undefined undefined => throw undefined.Fail(),
            1 => FromPairs(arguments.Positional[0]),
            _ => throw new JinjaException("dict takes one argument at most"),
        };
        foreach ((object? key, object? value) in arguments.Named.Items)
        {
            mapping.Set(key, value);
        }

        return mapping;
    }

    private static JinjaMapping FromPairs(object? pairs)
    {
        JinjaMapping mapping = new();
        foreach (object? pair in Operators.Iterate(pairs))
        {
            IReadOnlyList<object?> parts = Operators.Iterate(pair);
            mapping.Set(parts.Count == 2 ? parts[0] : throw new JinjaException("dict needs pairs"), parts[1]);
        }

        return mapping;
    }

    private static JinjaNamespace Namespace(CallArguments arguments)
    {
        JinjaNamespace space = new();
        foreach ((object? key, object? value) in Dict(arguments).Items)
        {
            space.Values.Set(key, value);
        }

        return space;
    }

    private static JinjaFunction Joiner(CallArguments arguments)
    {
        string separator = arguments.Bind("joiner", "sep").TextOr(0, ", ")!;
        bool used = false;
        return new JinjaFunction("joiner", _ =>
        {
            string text = used ? separator : "";
            used = true;
            return text;
        });
    }

    private static JinjaNamespace Cycler(CallArguments arguments)
    {
        List<object?> items = [.. arguments.Positional];
        if (items.Count == 0)
        {
            throw new JinjaException("cycler needs values");
        }

        int at = 0;
        JinjaNamespace cycler = new();
        cycler.Values.Set("current", items[0]);
        cycler.Values.Set("next", new JinjaFunction("next", _ => Move(at + 1, items[at])));
        cycler.Values.Set("reset", new JinjaFunction("reset", _ => Move(0, null)));
        return cycler;

        object? Move(int to, object? result)
        {
            at = to % items.Count;
            cycler.Values.Set("current", items[at]);
            return result;
        }
    }
}
