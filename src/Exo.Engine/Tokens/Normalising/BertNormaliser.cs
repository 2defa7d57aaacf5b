using System.Globalization;
using System.Text;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>
/// BERT's clean-up (Devlin et al., 2018; tokenization.py): control characters go, white space becomes spaces, CJK characters become words of
/// their own, accents and capitals are lost.
/// </summary>
internal sealed class BertNormaliser
{
    public bool Cleans { get; init; } = true;

    public bool SeparatesHan { get; init; } = true;

    public bool StripsAccents { get; init; } = true;

    public bool Lowers { get; init; } = true;

    public string Apply(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isSpace = rune.Value is '\t' or '\n' or '\r' || (Rune.IsWhiteSpace(rune) && !IsOther(rune));
            if (Cleans && !isSpace && (rune.Value is 0 or 0xFFFD || IsOther(rune)))
            {
                continue;
            }

            _ = isSpace && Cleans ? clean.Append(' ')
                : SeparatesHan && IsHan(rune.Value) ? clean.Append(' ').Append(rune.ToString()).Append(' ')
                : clean.Append(rune.ToString());
        }

        string cleaned = clean.ToString();
        string plain = StripsAccents ? WithoutAccents(cleaned) : cleaned;
        return Lowers ? Lower(plain) : plain;
    }

    /// <summary>Small letters, character by character; U+0130 is the one that becomes two.</summary>
    public static string Lower(string text) => text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Letters without the accents that decompose from them.</summary>
    public static string WithoutAccents(string text) => Without(CanonicalForm.Decompose(text), category => category == UnicodeCategory.NonSpacingMark);

    /// <summary>The text without combining marks of any kind; what is composed stays.</summary>
    public static string WithoutMarks(string text) =>
        Without(text, category => category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);

    private static string Without(string text, Predicate<UnicodeCategory> drops)
    {
        StringBuilder plain = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!drops(Rune.GetUnicodeCategory(rune)))
            {
                plain.Append(rune.ToString());
            }
        }

        return plain.ToString();
    }

    private static bool IsOther(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;

    private static bool IsHan(int code) => code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
