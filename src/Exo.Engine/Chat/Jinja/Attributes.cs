using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>
/// Attributes and items. Nothing of .NET or Python can be reached: a value has the methods in the tables here and its own items, and
/// anything else is undefined.
/// </summary>
internal static class Attributes
{
    private static readonly HashSet<string> s_changing =
    [
        "append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update", "add", "discard", "mro",
        "format_map", "gi_frame", "gi_code",
    ];

    public static object? Get(Evaluator evaluator, object? target, string name)
    {
        if (target is Undefined undefined)
        {
            throw undefined.Fail();
        }

        if (name.StartsWith('_') || (s_changing.Contains(name) && target is JinjaSequence or string or JinjaFunction))
        {
            return Item(target, name, out object? own) ? own : Unsafe(target, name);
        }

        object? method = target switch
        {
            string text => Worked(evaluator, text, TextMethods.Find(evaluator, text, name)),
            JinjaMapping mapping when s_changing.Contains(name) => mapping.TryGet(name, out object? item) ? item : Unsafe(target, name),
            JinjaMapping mapping => name == "get" ? MappingMethods.Find(mapping, name) : Worked(evaluator, mapping, MappingMethods.Find(mapping, name)),
            JinjaSequence sequence => SequenceMethods.Find(sequence, name),
            JinjaFunction { Attributes: { } attributes } => attributes.TryGet(name, out object? value) ? value : null,
            LoopState loop => loop.Attribute(name),
            JinjaNamespace space => space.Values.TryGet(name, out object? value) ? value ?? CallArguments.Absent.Value : null,
            _ => null,
        };
        if (method is not null)
        {
            return method is CallArguments.Absent ? null : method;
        }

        return Item(target, name, out object? found) ? found : Missing(target, name);
    }

    public static object? GetItem(Evaluator evaluator, object? target, object? key)
    {
        if (target is Undefined undefined)
        {
            throw undefined.Fail();
        }

        if (key is Undefined)
        {
            return new Undefined("the key is undefined");
        }

        evaluator.Budget.Work(target as string);
        if (Item(target, key, out object? value))
        {
            return value;
        }

        // As in Jinja, a text between brackets may also name an attribute.
        return key is string name && target is not JinjaMapping ? Get(evaluator, target, name)
            : key is string method && target is JinjaMapping mapping && !method.StartsWith('_') && MappingMethods.Find(mapping, method) is { } bound ? bound
            : Missing(target, key);
    }

    /// <summary>An attribute only, not an item: the filter attr.</summary>
    public static object? Own(Evaluator evaluator, object? target, string name) =>
        target is JinjaMapping mapping ? name.StartsWith('_') ? Unsafe(target, name) : (object?)MappingMethods.Find(mapping, name) ?? Missing(target, name) : Get(evaluator, target, name);

    // A method looks through the whole of its value.
    private static object? Worked(Evaluator evaluator, object target, object? method)
    {
        evaluator.Budget.Work(method is null ? null : target);
        return method;
    }

    private static bool Item(object? target, object? key, out object? value)
    {
        value = null;
        switch (target)
        {
            case JinjaMapping mapping when key is null or string or BigInteger or double or bool or JinjaSequence { Kind: SequenceKind.Tuple }:
                return mapping.TryGet(key, out value);
            case JinjaSequence { IsIndexed: true } sequence when Operators.Integer(key) is { } index:
                return At(index, sequence.Items.Count, out int place) && Set(out value, sequence.Items[place]);
            case string text when Operators.Integer(key) is { } index:
                return At(index, CodePoints.Count(text), out int at) && Set(out value, CodePoints.At(text, at));
            default:
                return false;
        }
    }

    private static bool Set(out object? to, object? value)
    {
        to = value;
        return true;
    }

    private static bool At(BigInteger index, int count, out int place)
    {
        BigInteger from = index.Sign < 0 ? index + count : index;
        bool inside = from.Sign >= 0 && from < count;
        place = inside ? (int)from : 0;
        return inside;
    }

    private static Undefined Unsafe(object? target, string name) => new($"the attribute \"{name}\" of a {PythonText.TypeName(target)} is not safe to use");

    private static Undefined Missing(object? target, object? key) =>
        new(target is null ? $"None has no attribute \"{PythonText.Str(key)}\"" : $"a {PythonText.TypeName(target)} has no attribute or item {PythonText.Repr(key)}");
}
