using System.Numerics;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Filters on sequences that look at each item.</summary>
internal static class SequenceFilters
{
    public static void AddTo(Dictionary<string, FilterTable.Filter> filters)
    {
        filters["length"] = filters["count"] = (_, value, arguments) => Plain("length", arguments, new BigInteger(Operators.Length(value)));
        filters["list"] = (_, value, arguments) => Plain("list", arguments, new JinjaSequence([.. Operators.Iterate(value)]));
        filters["first"] = (_, value, arguments) => Plain("first", arguments, First(value));
        filters["last"] = (_, value, arguments) => Plain("last", arguments, Last(value));
        filters["random"] = (_, value, arguments) => Plain("random", arguments, First(value));
        filters["reverse"] = (_, value, arguments) => Plain("reverse", arguments, value is string text ? Slices.Get(text, null, null, -1)
            : value is JinjaSequence { Kind: SequenceKind.Generator } once ? new JinjaSequence([.. once.Iterate().Reverse()])
            : JinjaSequence.Generator(Operators.Iterate(value).Reverse()));
        filters["join"] = Join;
        filters["map"] = Map;
        filters["select"] = (evaluator, value, arguments) => JinjaSequence.Generator(Items(value).Where(item => Passes(evaluator, item, arguments, 0)));
        filters["reject"] = (evaluator, value, arguments) => JinjaSequence.Generator(Items(value).Where(item => !Passes(evaluator, item, arguments, 0)));
        filters["selectattr"] = (evaluator, value, arguments) => ByAttribute(evaluator, value, arguments, wanted: true);
        filters["rejectattr"] = (evaluator, value, arguments) => ByAttribute(evaluator, value, arguments, wanted: false);
        filters["items"] = (_, value, arguments) => Plain("items", arguments, value is Undefined ? JinjaSequence.Generator([])
            : value is JinjaMapping mapping ? JinjaSequence.Generator(MappingMethods.Pairs(mapping)) : throw new JinjaException("items needs a mapping"));
    }

    /// <summary>What a path such as "function.name" or "0" leads to.</summary>
    public static object? Path(Evaluator evaluator, object? value, object? path)
    {
        if (Operators.Integer(path) is not null)
        {
            return Attributes.GetItem(evaluator, value, path);
        }

        foreach (string part in PythonText.Str(path).Split('.'))
        {
            object? key = part.Length is > 0 and < 9 && part.All(char.IsAsciiDigit) ? BigInteger.Parse(part, System.Globalization.CultureInfo.InvariantCulture) : part;
            value = Attributes.GetItem(evaluator, value, key);
        }

        return value;
    }

    private static object? Plain(string name, CallArguments arguments, object? value)
    {
        arguments.Bind(name);
        return value;
    }

    private static object? First(object? value) => value is JinjaSequence sequence
        ? sequence.TryNext(out object? item) ? item : new Undefined("the sequence is empty, so it has no first item")
        : Operators.Iterate(value) is { Count: > 0 } items ? items[0] : new Undefined("there is no first item");

    private static object? Last(object? value)
    {
        if (value is JinjaSequence { Kind: SequenceKind.Generator })
        {
            throw new JinjaException("a generator has no last item; make it a list first");
        }

        return Operators.Iterate(value).DefaultIfEmpty(new Undefined("the sequence is empty, so it has no last item")).Last();
    }

    private static string Join(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("join", "d", "attribute");
        string separator = PythonText.Str(bound.Or(0, ""));
        StringBuilder text = new();
        bool first = true;
        foreach (object? item in Operators.Iterate(value))
        {
            string part = PythonText.Str(bound.Or(1, null) is { } path ? Path(evaluator, item, path) : item);
            evaluator.Budget.Charge((long)part.Length + separator.Length);
            text.Append(first ? "" : separator).Append(part);
            first = false;
        }

        return text.ToString();
    }

    private static JinjaSequence Map(Evaluator evaluator, object? value, CallArguments arguments)
    {
        if (arguments.Positional.Count == 0 && arguments.Named.TryGet("attribute", out object? path))
        {
            bool hasDefault = arguments.Named.TryGet("default", out object? otherwise);
            return JinjaSequence.Generator(Items(value).Select(item =>
                Path(evaluator, item, path) is var found && found is Undefined && hasDefault ? otherwise : found));
        }

        if (!Operators.IsTrue(value))
        {
            return JinjaSequence.Generator([]);
        }

        string name = arguments.Positional.Count > 0 && arguments.Positional[0] is string text ? text : throw new JinjaException("map needs the name of a filter");
        CallArguments rest = new([.. arguments.Positional.Skip(1)], arguments.Named);
        return JinjaSequence.Generator(Items(value).Select(item => evaluator.ApplyFilter(name, item, rest)));
    }

    // These filters take anything false, None too, for an empty sequence.
    private static IReadOnlyList<object?> Items(object? value) => Operators.IsTrue(value) ? Operators.Iterate(value) : [];

    private static JinjaSequence ByAttribute(Evaluator evaluator, object? value, CallArguments arguments, bool wanted)
    {
        if (!Operators.IsTrue(value))
        {
            return JinjaSequence.Generator([]);
        }

        object? path = arguments.Positional.Count > 0 ? arguments.Positional[0] : throw new JinjaException("the filter needs the name of an attribute");
        return JinjaSequence.Generator(Items(value).Where(item => Passes(evaluator, Path(evaluator, item, path), arguments, 1) == wanted));
    }

    private static bool Passes(Evaluator evaluator, object? value, CallArguments arguments, int testAt) =>
        arguments.Positional.Count <= testAt ? Operators.IsTrue(value)
            : evaluator.ApplyTest(PythonText.Str(arguments.Positional[testAt]), value, new CallArguments([.. arguments.Positional.Skip(testAt + 1)], arguments.Named));
}
