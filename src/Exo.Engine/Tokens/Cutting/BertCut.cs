namespace Exo.Engine.Tokens.Cutting;

/// <summary>BERT's words: white space is dropped, each punctuation mark stands alone.</summary>
internal sealed class BertCut : ICut
{
    public void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces)
    {
        for (int at = start; at < end;)
        {
            int last = at + 1;
            if (!text.Is(at, RuneKind.Space))
            {
                while (!IsPunctuation(text, at) && last < end && !text.Is(last, RuneKind.Space) && !IsPunctuation(text, last))
                {
                    last++;
                }

                pieces.Add((at, last));
            }

            at = last;
        }
    }

    private static bool IsPunctuation(RuneText text, int at) =>
        text.Is(at, RuneKind.Punctuation) || text.Codes[at] is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');
}
