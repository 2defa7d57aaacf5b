using System.Text;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>The clean-up that SentencePiece's "nmt" rules do beside NFKC: control characters go, odd white space becomes spaces.</summary>
internal static class NmtNormaliser
{
    public static string Apply(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (char c in text)
        {
            if (!IsDropped(c))
            {
                clean.Append(IsSpace(c) ? ' ' : c);
            }
        }

        return clean.ToString();
    }

    // Of the controls above U+007F these two alone.
    private static bool IsDropped(char c) => c is (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F';

    private static bool IsSpace(char c) => c is '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028' or '\u2029' or '▁' or '\uFEFF' or '\uFFFD';
}
