using System.Globalization;
using System.Text;

namespace Exo.Engine.Tokens.Cutting;

/// <summary>A text as code points with their classes, so that patterns see characters beyond U+FFFF as one.</summary>
internal sealed class RuneText
{
    // One character of each Unicode category, in the order of the enumeration.
    private const string StandInOfCategory = "\u0100\u0101\u01C5\u02B0\u01BB\u0300\u0903\u0488\u0660\u2160\u00B2\u00A0\u2028\u2029\u0001\u00AD\uFFFD\uE000\u203F\u2010\u2045\u2046\u2018\u2019\u2016\u00B1\u00A2\u00A8\u00A6\uFFFE";

    private readonly int[] _starts;

    public RuneText(string text)
    {
        _starts = new int[text.Length + 1];
        Codes = new int[text.Length];
        Kinds = new RuneKind[text.Length];
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            Codes[Length] = rune.Value;
            Kinds[Length] = KindOf(rune);
            _starts[Length++] = at;
            at += rune.Utf16SequenceLength;
        }

        _starts[Length] = at;
    }

    public int Length { get; }

    public int[] Codes { get; }

    public RuneKind[] Kinds { get; }

    /// <summary>The text with one character per code point: those beyond U+FFFF are replaced by another of their category.</summary>
    public string StandIns => field ??= string.Create(Length, Codes, static (span, codes) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = codes[i] < 0x10000 ? (char)codes[i] : StandInOfCategory[(int)Rune.GetUnicodeCategory(new Rune(codes[i]))];
        }
    });

    /// <summary>Place in the text of a code point.</summary>
    public int CharOf(int rune) => _starts[rune];

    public bool Is(int at, RuneKind kinds) => (Kinds[at] & kinds) != 0;

    /// <summary>End of the run of these kinds.</summary>
    public int Run(int at, int end, RuneKind kinds)
    {
        while (at < end && (Kinds[at] & kinds) != 0)
        {
            at++;
        }

        return at;
    }

    /// <summary>End of the run of everything but these kinds.</summary>
    public int RunNot(int at, int end, RuneKind kinds)
    {
        while (at < end && (Kinds[at] & kinds) == 0)
        {
            at++;
        }

        return at;
    }

    private static RuneKind KindOf(Rune rune)
    {
        RuneKind kind = Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => RuneKind.Letter | RuneKind.Upper,
            UnicodeCategory.LowercaseLetter => RuneKind.Letter | RuneKind.Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => RuneKind.Letter | RuneKind.Upper | RuneKind.Lower,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => RuneKind.Mark | RuneKind.Upper | RuneKind.Lower,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => RuneKind.Number,
            UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
                or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation => RuneKind.Punctuation,
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => RuneKind.Symbol,
            _ => RuneKind.None,
        };
        kind |= Rune.IsWhiteSpace(rune) ? RuneKind.Space : RuneKind.None;
        return rune.Value is '\r' or '\n' ? kind | RuneKind.NewLine : kind;
    }
}
