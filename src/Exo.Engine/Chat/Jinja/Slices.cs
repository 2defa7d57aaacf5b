namespace Exo.Engine.Chat.Jinja;

/// <summary>Python's slices.</summary>
internal static class Slices
{
    public static object? Get(object? target, int? start, int? stop, int? step) => target switch
    {
        string text => CodePoints.Select(text, Indices(CodePoints.Count(text), start, stop, step ?? 1)),
        JinjaSequence { IsIndexed: true } sequence => new JinjaSequence(
            [.. Indices(sequence.Items.Count, start, stop, step ?? 1).Select(i => sequence.Items[i])], sequence.Kind == SequenceKind.Tuple ? SequenceKind.Tuple : SequenceKind.List),
        Undefined undefined => throw undefined.Fail(),
        _ => new Undefined($"a {PythonText.TypeName(target)} cannot be sliced"),
    };

    private static IEnumerable<int> Indices(int length, int? start, int? stop, int step)
    {
        if (step == 0)
        {
            throw new JinjaException("the step of a slice cannot be zero");
        }

        long from = step > 0 ? Clamp(start, 0, 0, length) : Clamp(start, length - 1, -1, length - 1);
        long to = step > 0 ? Clamp(stop, length, 0, length) : Clamp(stop, -1, -1, length - 1);
        for (long i = from; step > 0 ? i < to : i > to; i += step)
        {
            yield return (int)i;
        }

        long Clamp(int? bound, long otherwise, long least, long most) =>
            bound is not { } b ? otherwise : Math.Clamp(b < 0 ? (long)b + length : b, least, Math.Max(least, most));
    }
}
