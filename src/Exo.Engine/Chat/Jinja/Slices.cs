namespace Exo.Engine.Chat.Jinja;

/// <summary>Python's slices.</summary>
internal static class Slices
{
    public static object? Get(object? target, int? start, int? stop, int? step) => target switch
    {
        string text => CodePoints.Select(text, Indices(Bounds(CodePoints.Count(text), start, stop, step ?? 1), step ?? 1)),
        JinjaSequence { IsIndexed: true } sequence => Get(sequence, Bounds(sequence.Items.Count, start, stop, step ?? 1), step ?? 1),
        Undefined undefined => throw undefined.Fail(),
        _ => throw new JinjaException($"a {PythonText.TypeName(target)} cannot be sliced"),
    };

    private static JinjaSequence Get(JinjaSequence sequence, (long From, long To) bounds, int step) => new(
        [.. Indices(bounds, step).Select(i => sequence.Items[i])], sequence.Kind)
    {
        Range = sequence.Range?.Slice(bounds.From, bounds.To, step),
    };

    private static (long From, long To) Bounds(int length, int? start, int? stop, int step)
    {
        if (step == 0)
        {
            throw new JinjaException("the step of a slice cannot be zero");
        }

        return step > 0 ? (Clamp(start, 0, 0, length), Clamp(stop, length, 0, length)) : (Clamp(start, length - 1, -1, length - 1), Clamp(stop, -1, -1, length - 1));

        long Clamp(int? bound, long otherwise, long least, long most) =>
            bound is not { } b ? otherwise : Math.Clamp(b < 0 ? (long)b + length : b, least, Math.Max(least, most));
    }

    private static IEnumerable<int> Indices((long From, long To) bounds, int step)
    {
        for (long i = bounds.From; step > 0 ? i < bounds.To : i > bounds.To; i += step)
        {
            yield return (int)i;
        }
    }
}
