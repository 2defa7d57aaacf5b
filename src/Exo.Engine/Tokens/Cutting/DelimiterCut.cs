namespace Exo.Engine.Tokens.Cutting;

/// <summary>Cuts at a character, which is dropped.</summary>
internal sealed class DelimiterCut(int delimiter) : ICut
{
    public void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces)
    {
        int begun = start;
        for (int at = start; at <= end; at++)
        {
            if (at == end || text.Codes[at] == delimiter)
            {
                if (at > begun)
                {
                    pieces.Add((begun, at));
                }

                begun = at + 1;
            }
        }
    }
}
