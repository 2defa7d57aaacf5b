using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Capitals and small letters, with the few characters whose other case is longer.</summary>
internal static class TextCase
{
    public static string Upper(string text) => text.ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal)
        .Replace("ﬁ", "FI", StringComparison.Ordinal).Replace("ﬂ", "FL", StringComparison.Ordinal).Replace("ﬀ", "FF", StringComparison.Ordinal);

    public static string Lower(string text) => text.Replace("İ", "i̇", StringComparison.Ordinal).ToLowerInvariant();

    public static string Capitalize(string text)
    {
        int first = First(text);
        return Upper(text[..first]) + Lower(text[first..]);
    }

    public static string Title(string text) => ByWord(text, Rune.IsLetter);

    /// <summary>The filter title, whose words end at white space, hyphens and opening brackets only.</summary>
    public static string TitleFilter(string text) => ByWord(text, rune => !Rune.IsWhiteSpace(rune) && rune.Value is not ('-' or '(' or '{' or '[' or '<'));

    public static string Swap(string text)
    {
        StringBuilder swapped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            swapped.Append(Rune.IsUpper(rune) ? Lower(rune.ToString()) : Upper(rune.ToString()));
        }

        return swapped.ToString();
    }

    public static bool IsUpper(string text) => text.EnumerateRunes().Any(Rune.IsUpper) && !text.EnumerateRunes().Any(Rune.IsLower);

    public static bool IsLower(string text) => text.EnumerateRunes().Any(Rune.IsLower) && !text.EnumerateRunes().Any(Rune.IsUpper);

    private static int First(string text) => text.Length == 0 ? 0 : char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;

    private static string ByWord(string text, Func<Rune, bool> isInside)
    {
        StringBuilder titled = new(text.Length);
        bool inside = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            titled.Append(inside ? Lower(rune.ToString()) : Upper(rune.ToString()));
            inside = isInside(rune);
        }

        return titled.ToString();
    }
}
