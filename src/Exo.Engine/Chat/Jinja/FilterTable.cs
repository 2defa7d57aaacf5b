namespace Exo.Engine.Chat.Jinja;

/// <summary>Jinja's filters by name.</summary>
internal static class FilterTable
{
    private static readonly Dictionary<string, Filter> s_filters = Collect();

    /// <summary>Turns a value into another.</summary>
    public delegate object? Filter(Evaluator evaluator, object? value, CallArguments arguments);

    public static Filter? Find(string name) => s_filters.GetValueOrDefault(name);

    private static Dictionary<string, Filter> Collect()
    {
        Dictionary<string, Filter> filters = new(StringComparer.Ordinal);
        TextFilters.AddTo(filters);
        LayoutFilters.AddTo(filters);
        ValueFilters.AddTo(filters);
        SequenceFilters.AddTo(filters);
        GroupFilters.AddTo(filters);
        return filters;
    }
}
