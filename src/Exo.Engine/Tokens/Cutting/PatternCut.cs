namespace Exo.Engine.Tokens.Cutting;

/// <summary>Isolates the matches of a scanner.</summary>
internal sealed class PatternCut(PatternCut.Pattern pattern) : ICut
{
    /// <summary>End of the match that begins at a place, or that place itself if there is none. Looks no further than <paramref name="end"/>.</summary>
    public delegate int Pattern(RuneText text, int start, int at, int end);

    public void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces)
    {
        int gap = start;
        int at = start;
        while (at < end)
        {
            int matched = pattern(text, start, at, end);
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
