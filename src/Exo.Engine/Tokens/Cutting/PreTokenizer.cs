namespace Exo.Engine.Tokens.Cutting;

/// <summary>Cuts a text into words, in steps: each cuts the pieces that those before it left.</summary>
internal sealed class PreTokenizer(IReadOnlyList<ICut> steps)
{
    public PreTokenizer(params PatternCut.Pattern[] patterns)
        : this([.. patterns.Select(pattern => new PatternCut(pattern))])
    {
    }

    /// <summary>The words, as places in the text.</summary>
    public IEnumerable<(int Start, int Length)> Split(string text)
    {
        RuneText runes = new(text);
        List<(int Start, int End)> pieces = [(0, runes.Length)];
        foreach (ICut step in steps)
        {
            List<(int Start, int End)> next = new(pieces.Count * 2);
            foreach ((int start, int end) in pieces)
            {
                step.Cut(runes, start, end, next);
            }

            pieces = next;
        }

        foreach ((int start, int end) in pieces)
        {
            yield return (runes.CharOf(start), runes.CharOf(end) - runes.CharOf(start));
        }
    }
}
