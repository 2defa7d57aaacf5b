using System.Text;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>SentencePiece's "remove extra white space": none at the ends, one space between words.</summary>
internal static class SpaceRuns
{
    /// <summary>A text without extra spaces.</summary>
    /// <param name="text">The text, its spaces not yet written as U+2581.</param>
    /// <param name="trimsMarks">Whether U+2581 at the end counts as a space, as in SentencePiece itself.</param>
    public static string Collapse(string text, bool trimsMarks = false)
    {
        StringBuilder collapsed = new(text.Length);
        foreach (char c in text)
        {
            if (c != ' ' || (collapsed.Length > 0 && collapsed[^1] != ' '))
            {
                collapsed.Append(c);
            }
        }

        while (collapsed.Length > 0 && (collapsed[^1] == ' ' || (trimsMarks && collapsed[^1] == '▁')))
        {
            collapsed.Length--;
        }

        return collapsed.ToString();
    }
}
