namespace Exo.Engine.Tokens;

/// <summary>Cuts a text into words by patterns, one after the other: each cuts the pieces that those before it left, and isolates its matches.</summary>
internal sealed class PreTokenizer(params PreTokenizer.Pattern[] patterns)
{
    /// <summary>End of the match that begins at a place, or that place itself if there is none. Looks no further than <paramref name="end"/>.</summary>
    public delegate int Pattern(RuneText text, int start, int at, int end);

    /// <summary>The words, as places in the text.</summary>
    public IEnumerable<(int Start, int Length)> Split(string text)
    {
        RuneText runes = new(text);
        List<(int Start, int End)> pieces = [(0, runes.Length)];
        foreach (Pattern pattern in patterns)
        {
            List<(int Start, int End)> next = new(pieces.Count * 2);
            foreach ((int start, int end) in pieces)
            {
                Cut(runes, start, end, pattern, next);
            }

            pieces = next;
        }

        foreach ((int start, int end) in pieces)
        {
            yield return (runes.CharOf(start), runes.CharOf(end) - runes.CharOf(start));
        }
    }

    private static void Cut(RuneText runes, int start, int end, Pattern pattern, List<(int Start, int End)> pieces)
    {
        int gap = start;
        int at = start;
        while (at < end)
        {
            int matched = pattern(runes, start, at, end);
            if (matched <= at)
            {
                at++;
                continue;
            }

            if (at > gap)
            {
                pieces.Add((gap, at));
            }

            pieces.Add((at, matched));
            gap = at = matched;
        }

        if (end > gap)
        {
            pieces.Add((gap, end));
        }
    }
}
