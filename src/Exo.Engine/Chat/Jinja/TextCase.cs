using System.Globalization;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Capitals and small letters, with the few characters whose other case is longer.</summary>
internal static class TextCase
{
    // Unicode's SpecialCasing: a character and the several that are its capitals.
    private static readonly Dictionary<char, string> s_longCapitals = (
        "ßSS ŉʼN ǰJ̌ ΐΪ́ ΰΫ́ ևԵՒ ẖH̱ ẗT̈ ẘW̊ ẙY̊ ẚAʾ ὐΥ̓ ὒΥ̓̀ ὔΥ̓́ ὖΥ̓͂ ᾀἈΙ ᾁἉΙ ᾂἊΙ ᾃἋΙ ᾄἌΙ ᾅἍΙ ᾆἎΙ ᾇἏΙ ᾈἈΙ ᾉἉΙ ᾊἊΙ "
        + "ᾋἋΙ ᾌἌΙ ᾍἍΙ ᾎἎΙ ᾏἏΙ ᾐἨΙ ᾑἩΙ ᾒἪΙ ᾓἫΙ ᾔἬΙ ᾕἭΙ ᾖἮΙ ᾗἯΙ ᾘἨΙ ᾙἩΙ ᾚἪΙ ᾛἫΙ ᾜἬΙ ᾝἭΙ ᾞἮΙ ᾟἯΙ ᾠὨΙ ᾡὩΙ ᾢὪΙ ᾣὫΙ ᾤὬΙ ᾥὭΙ "
        + "ᾦὮΙ ᾧὯΙ ᾨὨΙ ᾩὩΙ ᾪὪΙ ᾫὫΙ ᾬὬΙ ᾭὭΙ ᾮὮΙ ᾯὯΙ ᾲᾺΙ ᾳΑΙ ᾴΆΙ ᾶΑ͂ ᾷΑ͂Ι ᾼΑΙ ῂῊΙ ῃΗΙ ῄΉΙ ῆΗ͂ ῇΗ͂Ι ῌΗΙ ῒΪ̀ ΐΪ́ ῖΙ͂ ῗΪ͂ "
        + "ῢΫ̀ ΰΫ́ ῤΡ̓ ῦΥ͂ ῧΫ͂ ῲῺΙ ῳΩΙ ῴΏΙ ῶΩ͂ ῷΩ͂Ι ῼΩΙ ﬀFF ﬁFI ﬂFL ﬃFFI ﬄFFL ﬅST ﬆST ﬓՄՆ ﬔՄԵ ﬕՄԻ ﬖՎՆ ﬗՄԽ").Split(' ').ToDictionary(entry => entry[0], entry => entry[1..]);

    public static string Upper(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToUpperInvariant();
        }

        StringBuilder upper = new(text.Length);
        foreach (char c in text.ToUpperInvariant())
        {
            _ = s_longCapitals.TryGetValue(c, out string? capitals) ? upper.Append(capitals) : upper.Append(c);
        }

        return upper.ToString();
    }

    public static string Lower(string text)
    {
        string lower = text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
        return text.Contains('Σ') ? string.Concat(lower.Select((c, i) => c == 'σ' && EndsWord(lower, i) ? 'ς' : c)) : lower;
    }

    /// <summary>For comparing without regard to case.</summary>
    public static string Fold(string text) => Upper(text).ToLowerInvariant();

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

    /// <summary>Whether capitals begin words and small letters follow them only.</summary>
    public static bool IsTitle(string text)
    {
        bool inside = false;
        bool any = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool upper = Rune.IsUpper(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter;
            if (upper ? inside : Rune.IsLower(rune) && !inside)
            {
                return false;
            }

            inside = upper || Rune.IsLower(rune);
            any |= inside;
        }

        return any;
    }

    // A Greek word ends with a sigma of its own, unless it is the only letter.
    private static bool EndsWord(string text, int at) =>
        at > 0 && char.IsLetter(text[at - 1]) && (at + 1 >= text.Length || !char.IsLetter(text[at + 1]));

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
