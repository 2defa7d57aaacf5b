namespace Exo.Engine.Chat.Jinja;

/// <summary>Methods of a dict that change nothing.</summary>
internal static class MappingMethods
{
    public static JinjaFunction? Find(JinjaMapping mapping, string name) => name switch
    {
        "get" => new JinjaFunction(name, arguments => Get(mapping, arguments.Bind("get", "key", "default"))),
        "keys" => new JinjaFunction(name, arguments => None(name, arguments, () => new JinjaSequence([.. mapping.Keys], SequenceKind.Keys))),
        "values" => new JinjaFunction(name, arguments => None(name, arguments, () => new JinjaSequence([.. mapping.Values], SequenceKind.Values))),
        "items" => new JinjaFunction(name, arguments => None(name, arguments, () => new JinjaSequence(Pairs(mapping), SequenceKind.Items))),
        "copy" => new JinjaFunction(name, arguments => None(name, arguments, mapping.Copy)),
        _ => null,
    };

    public static List<object?> Pairs(JinjaMapping mapping) => [.. mapping.Items.Select(item => JinjaSequence.Tuple(item.Key, item.Value))];

    private static object? Get(JinjaMapping mapping, CallArguments.Bound arguments) =>
        mapping.TryGet(arguments[0], out object? value) ? value : arguments.Or(1, null);

    private static object None(string name, CallArguments arguments, Func<object> make)
    {
        arguments.Bind(name);
        return make();
    }
}
