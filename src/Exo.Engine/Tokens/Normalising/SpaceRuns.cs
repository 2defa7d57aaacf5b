using System.Text;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>SentencePiece's "remove extra white space": none at the ends, one space between words.</summary>
internal static class SpaceRuns
{
    public static string Collapse(string text)
    {
        StringBuilder collapsed = new(text.Length);
        foreach (char c in text)
        {
            if (c != ' ' || (collapsed.Length > 0 && collapsed[^1] != ' '))
            {
                collapsed.Append(c);
            }
        }

        if (collapsed.Length > 0 && collapsed[^1] == ' ')
        {
            collapsed.Length--;
        }

        return collapsed.ToString();
    }
}
