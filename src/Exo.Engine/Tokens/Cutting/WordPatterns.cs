namespace Exo.Engine.Tokens.Cutting;

/// <summary>
/// The published patterns, as scanners: each is the regular expression in its comment. None looks at a character more than a few times, so a
/// megabyte of one letter costs no more than a megabyte of prose.
/// </summary>
internal static class WordPatterns
{
    private const RuneKind Word = RuneKind.Letter | RuneKind.Number;
    private const RuneKind WordOrSpace = Word | RuneKind.Space;
    private const RuneKind Marked = RuneKind.Letter | RuneKind.Mark;
    private const RuneKind Signs = RuneKind.Punctuation | RuneKind.Symbol;

    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
    public static int Gpt2(RuneText text, int start, int at, int end)
    {
        int contracted = Contraction(text, at, end, ignoreCase: false);
        if (contracted > at)
        {
            return contracted;
        }

        int first = text.Codes[at] == ' ' && at + 1 < end ? at + 1 : at;
        return text.Is(first, RuneKind.Letter) ? text.Run(first, end, RuneKind.Letter)
            : text.Is(first, RuneKind.Number) ? text.Run(first, end, RuneKind.Number)
            : !text.Is(first, WordOrSpace) ? text.RunNot(first, end, WordOrSpace)
            : Spaces(text, at, end);
    }

    // (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
    public static int Llama3(RuneText text, int start, int at, int end) => Llama(text, at, end, digits: 3);

    // The same with \p{N}.
    public static int Qwen2(RuneText text, int start, int at, int end) => Llama(text, at, end, digits: 1);

    // [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|…)?|[^\r\n\p{L}\p{N}]?[\p{Lu}…]+[\p{Ll}…]*(?i:'s|…)?
    // |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
    public static int Gpt4o(RuneText text, int start, int at, int end) => Cased(text, at, end, digits: 3, contractions: true);

    // The same with \p{N} and without the contractions.
    public static int Tekken(RuneText text, int start, int at, int end) => Cased(text, at, end, digits: 1, contractions: false);

    // [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
    public static int DeepSeek3(RuneText text, int start, int at, int end)
    {
        if (IsAsciiSign(text.Codes[at]) && at + 1 < end && IsAsciiLetter(text.Codes[at + 1]))
        {
            int letters = at + 1;
            while (letters < end && IsAsciiLetter(text.Codes[letters]))
            {
                letters++;
            }

            return letters;
        }

        bool lead = !text.Is(at, RuneKind.NewLine | RuneKind.Letter | Signs) && at + 1 < end && text.Is(at + 1, Marked);
        if (lead || text.Is(at, Marked))
        {
            return text.Run(lead ? at + 1 : at, end, Marked);
        }

        int first = text.Codes[at] == ' ' && at + 1 < end ? at + 1 : at;
        return text.Is(first, Signs) ? text.Run(text.Run(first, end, Signs), end, RuneKind.NewLine)
            : text.Is(at, RuneKind.Space) ? Lines(text, at, end)
            : at;
    }

    // [\p{P}\$\+<=>\^~\|`]+
    public static int FalconPunctuationRun(RuneText text, int start, int at, int end) => PunctuationRun(text, at, end, backtick: true);

    // The same without the backtick.
    public static int DefaultPunctuationRun(RuneText text, int start, int at, int end) => PunctuationRun(text, at, end, backtick: false);

    // [0-9][0-9][0-9]
    public static int ThreeDigits(RuneText text, int start, int at, int end) =>
        at + 3 <= end && IsDigit(text.Codes[at]) && IsDigit(text.Codes[at + 1]) && IsDigit(text.Codes[at + 2]) ? at + 3 : at;

    // \p{N}
    public static int Number(RuneText text, int start, int at, int end) => text.Is(at, RuneKind.Number) ? at + 1 : at;

    // \p{N}+
    public static int NumberRun(RuneText text, int start, int at, int end) => text.Run(at, end, RuneKind.Number);

    // \p{N}{1,3}
    public static int NumbersByThree(RuneText text, int start, int at, int end) => text.Run(at, Math.Min(end, at + 3), RuneKind.Number);

    // [一-龥぀-ゟ゠-ヿ]+
    public static int HanAndKana(RuneText text, int start, int at, int end)
    {
        while (at < end && text.Codes[at] is (>= 0x4E00 and <= 0x9FA5) or (>= 0x3040 and <= 0x30FF))
        {
            at++;
        }

        return at;
    }

    // [\r\n]
    public static int LineBreak(RuneText text, int start, int at, int end) => text.Is(at, RuneKind.NewLine) ? at + 1 : at;

    // \s+$ , where $ is the end of a line; a run is looked at from its first character only.
    public static int TrailingSpace(RuneText text, int start, int at, int end)
    {
        int run = at > start && text.Is(at - 1, RuneKind.Space) ? at : text.Run(at, end, RuneKind.Space);
        int last = run;
        while (last > at && last < end && text.Codes[last] != '\n')
        {
            last--;
        }

        return last;
    }

    private static int PunctuationRun(RuneText text, int at, int end, bool backtick)
    {
        while (at < end && (text.Is(at, RuneKind.Punctuation) || text.Codes[at] is '$' or '+' or '<' or '=' or '>' or '^' or '~' or '|' || (backtick && text.Codes[at] == '`')))
        {
            at++;
        }

        return at;
    }

    private static int Llama(RuneText text, int at, int end, int digits)
    {
        int contracted = Contraction(text, at, end, ignoreCase: true);
        if (contracted > at)
        {
            return contracted;
        }

        bool lead = !text.Is(at, RuneKind.NewLine | Word) && at + 1 < end && text.Is(at + 1, RuneKind.Letter);
        return lead || text.Is(at, RuneKind.Letter) ? text.Run(at + 1, end, RuneKind.Letter) : Rest(text, at, end, digits, slash: false);
    }

    private static int Cased(RuneText text, int at, int end, int digits, bool contractions)
    {
        bool lead = !text.Is(at, RuneKind.NewLine | Word) && at + 1 < end && text.Is(at + 1, RuneKind.Upper | RuneKind.Lower);
        int word = CasedWord(text, lead ? at + 1 : at, end);
        if (word <= at + (lead ? 1 : 0))
        {
            return Rest(text, at, end, digits, slash: true);
        }

        return contractions ? Contraction(text, word, end, ignoreCase: true) : word;
    }

    // Capitals, then small letters; where no small letter follows, the last caseless letter among the capitals ends the word.
    private static int CasedWord(RuneText text, int at, int end)
    {
        int upper = text.Run(at, end, RuneKind.Upper);
        int lower = text.Run(upper, end, RuneKind.Lower);
        if (lower > upper)
        {
            return lower;
        }

        int last = upper;
        while (last > at && !text.Is(last - 1, RuneKind.Lower))
        {
            last--;
        }

        return last > at ? last : upper;
    }

    private static int Rest(RuneText text, int at, int end, int digits, bool slash)
    {
        if (text.Is(at, RuneKind.Number))
        {
            return text.Run(at, Math.Min(end, at + digits), RuneKind.Number);
        }

        int first = text.Codes[at] == ' ' && at + 1 < end ? at + 1 : at;
        if (!text.Is(first, WordOrSpace))
        {
            int signs = text.RunNot(first, end, WordOrSpace);
            while (signs < end && (text.Is(signs, RuneKind.NewLine) || (slash && text.Codes[signs] == '/')))
            {
                signs++;
            }

            return signs;
        }

        return text.Is(at, RuneKind.Space) ? Lines(text, at, end) : at;
    }

    // \s*[\r\n]+|\s+(?!\S)|\s+
    private static int Lines(RuneText text, int at, int end)
    {
        int run = text.Run(at, end, RuneKind.Space);
        for (int last = run; last > at; last--)
        {
            if (text.Is(last - 1, RuneKind.NewLine))
            {
                return last;
            }
        }

        return Spaces(text, at, end);
    }

    // \s+(?!\S)|\s+ : the last space before a word is left to the word.
    private static int Spaces(RuneText text, int at, int end)
    {
        int run = text.Run(at, end, RuneKind.Space);
        return run < end && run > at + 1 ? run - 1 : run;
    }

    private static int Contraction(RuneText text, int at, int end, bool ignoreCase)
    {
        if (at + 1 >= end || text.Codes[at] != '\'')
        {
            return at;
        }

        int a = Fold(text.Codes[at + 1], ignoreCase);
        int b = at + 2 < end ? Fold(text.Codes[at + 2], ignoreCase) : 0;
        return a is 's' or 't' or 'm' or 'd' ? at + 2
            : (a, b) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? at + 3
            : at;
    }

    // U+017F, the long s, is an s to a pattern that ignores case.
    private static int Fold(int code, bool ignoreCase) => !ignoreCase ? code : code is >= 'A' and <= 'Z' ? code + 32 : code == 0x17F ? 's' : code;

    private static bool IsDigit(int code) => code is >= '0' and <= '9';

    private static bool IsAsciiLetter(int code) => code is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    private static bool IsAsciiSign(int code) => code is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');
}
