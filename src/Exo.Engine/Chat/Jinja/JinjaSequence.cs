namespace Exo.Engine.Chat.Jinja;

/// <summary>What a sequence is in Python's eyes; they print differently and differ in what may be done with them.</summary>
internal enum SequenceKind
{
    List,
    Tuple,
    Generator,
    Keys,
    Values,
    Items,
    Range,
}

/// <summary>A list, tuple, range, view of a mapping, or the result of a filter such as map.</summary>
internal sealed class JinjaSequence(List<object?> items, SequenceKind kind = SequenceKind.List)
{
    private bool _consumed;

    public SequenceKind Kind => kind;

    public List<object?> Items => items;

    /// <summary>How a range was made.</summary>
    public RangeBounds? Range { get; init; }

    public bool IsIndexed => kind is SequenceKind.List or SequenceKind.Tuple or SequenceKind.Range;

    public static JinjaSequence Tuple(params ReadOnlySpan<object?> items) => new([.. items], SequenceKind.Tuple);

    public static JinjaSequence Generator(IEnumerable<object?> items) => new([.. items], SequenceKind.Generator);

    /// <summary>The items in order. A generator gives them once.</summary>
    public IReadOnlyList<object?> Iterate()
    {
        if (kind != SequenceKind.Generator)
        {
            return items;
        }

        bool first = !_consumed;
        _consumed = true;
        return first ? items : [];
    }

    /// <summary>The first item that was not given yet; generators move on.</summary>
    public bool TryNext(out object? item)
    {
        item = null;
        if (items.Count == 0 || _consumed)
        {
            return false;
        }

        item = items[0];
        if (kind == SequenceKind.Generator)
        {
            items.RemoveAt(0);
        }

        return true;
    }
}
