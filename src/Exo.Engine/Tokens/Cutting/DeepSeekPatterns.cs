namespace Exo.Engine.Tokens.Cutting;

/// <summary>The patterns of DeepSeek's first two vocabularies, which name ranges of characters.</summary>
internal static class DeepSeekPatterns
{
    // \s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿ…]+ : in the published list, the letters that have case.
    public static int Word(RuneText text, int start, int at, int end)
    {
        int first = text.Is(at, RuneKind.Space) && at + 1 < end ? at + 1 : at;
        int last = first;
        while (last < end && text.Is(last, RuneKind.Letter) && IsCased(text.Kinds[last]))
        {
            last++;
        }

        return last > first ? last : at;
    }

    // \s?[!-/:-~！-／：-～‘-‟　-。]+
    public static int Punctuation(RuneText text, int start, int at, int end)
    {
        int first = text.Is(at, RuneKind.Space) && at + 1 < end && IsSign(text.Codes[at + 1]) ? at + 1 : at;
        int last = first;
        while (last < end && IsSign(text.Codes[last]))
        {
            last++;
        }

        return last > first ? last : at;
    }

    // [一-龥ࠀ-一가-퟿]+
    public static int EastAsian(RuneText text, int start, int at, int end)
    {
        while (at < end && text.Codes[at] is (>= 0x800 and <= 0x9FA5) or (>= 0xAC00 and <= 0xD7FF))
        {
            at++;
        }

        return at;
    }

    // \s?\p{L}+
    public static int SpacedLetters(RuneText text, int start, int at, int end) => Spaced(text, at, end, RuneKind.Letter);

    // \s?\p{P}+
    public static int SpacedPunctuation(RuneText text, int start, int at, int end) => Spaced(text, at, end, RuneKind.Punctuation);

    private static int Spaced(RuneText text, int at, int end, RuneKind kind)
    {
        int first = text.Is(at, RuneKind.Space) && at + 1 < end ? at + 1 : at;
        int last = text.Run(first, end, kind);
        return last > first ? last : at;
    }

    private static bool IsCased(RuneKind kind) => (kind & (RuneKind.Upper | RuneKind.Lower)) is RuneKind.Upper or RuneKind.Lower;

    private static bool IsSign(int code) =>
        code is (>= '!' and <= '/') or (>= ':' and <= '~') or (>= 0xFF01 and <= 0xFF0F) or (>= 0xFF1A and <= 0xFF5E) or (>= 0x2018 and <= 0x201F) or (>= 0x3000 and <= 0x3002);
}
