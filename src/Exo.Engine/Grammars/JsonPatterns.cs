using System.Collections.Immutable;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>The parts of JSON as patterns, each character of a string in every way that JSON spells it.</summary>
internal static class JsonPatterns
{
    /// <summary>A line end and a deep indentation. Without a limit a model may write white space for ever.</summary>
    private const int LongestSpace = 64;

    private static readonly CodeSet s_unescaped = CodeSet.Of([(0, 0x1F), ('"', '"'), ('\\', '\\')]).Complement();
    private static readonly (char Letter, char Escape)[] s_escapes = [('"', '"'), ('\\', '\\'), ('/', '/'), ('\b', 'b'), ('\f', 'f'), ('\n', 'n'), ('\r', 'r'), ('\t', 't')];

    public static GrammarPattern Quote { get; } = GrammarPattern.Text("\"");

    public static GrammarPattern Space(GrammarRules rules) => rules.Shared("json space", () => GrammarPattern.Letters(" \t\n\r").Times(0, LongestSpace));

    public static GrammarPattern Comma(GrammarRules rules) => rules.Shared("json comma", () => GrammarPattern.Of(Space(rules), GrammarPattern.Text(","), Space(rules)));

    public static GrammarPattern Colon(GrammarRules rules) => rules.Shared("json colon", () => GrammarPattern.Of(Space(rules), GrammarPattern.Text(":"), Space(rules)));

    public static GrammarPattern AnyValue(GrammarRules rules)
    {
        // The value stands inside of itself: its number is known before its pattern.
        int index = rules.Number("json value");
        if (!rules.IsDefined("json value"))
        {
            rules.Define(index, GrammarPattern.Empty);
            rules.Define(index, GrammarPattern.OneOf([AnyObject(rules), AnyArray(rules), AnyText(rules), Number(rules), GrammarPattern.Text("true"), GrammarPattern.Text("false"), GrammarPattern.Text("null")]));
        }

        return new GrammarPattern.Rule(index);
    }

    public static GrammarPattern AnyObject(GrammarRules rules) => rules.Shared("json object", () => List("{", GrammarPattern.Of(AnyText(rules), Colon(rules), AnyValue(rules)), "}", rules));

    public static GrammarPattern AnyArray(GrammarRules rules) => rules.Shared("json array", () => List("[", AnyValue(rules), "]", rules));

    public static GrammarPattern AnyText(GrammarRules rules) => rules.Shared("json text", () => GrammarPattern.Of(Quote, AnyCharacter(rules).Any(), Quote));

    public static GrammarPattern AnyCharacter(GrammarRules rules) => Character(rules, CodeSet.Any);

    public static GrammarPattern Integer(GrammarRules rules) => rules.Shared("json integer", () => GrammarPattern.Of(GrammarPattern.Text("-").Optional(), Whole()));

    public static GrammarPattern Number(GrammarRules rules) => rules.Shared("json number", () => GrammarPattern.Of(
        GrammarPattern.Text("-").Optional(),
        Whole(),
        GrammarPattern.Of(GrammarPattern.Text("."), Digit().Some()).Optional(),
        GrammarPattern.Of(GrammarPattern.Letters("eE"), GrammarPattern.Letters("+-").Optional(), Digit().Some()).Optional()));

    /// <summary>A string whose text is as a pattern says.</summary>
    public static GrammarPattern Text(GrammarRules rules, GrammarPattern text) => GrammarPattern.Of(Quote, Spelled(rules, text), Quote);

    /// <summary>One character of a string out of a set.</summary>
    public static GrammarPattern Character(GrammarRules rules, CodeSet set) => rules.Shared($"json character {string.Join(' ', set.Ranges)}", () => Spellings(set));

    /// <summary>Exactly this value, members in their order, white space free; numbers as they are written and in their plainest form.</summary>
    public static GrammarPattern Literal(GrammarRules rules, JsonElement value)
    {
        ImmutableArray<GrammarPattern>.Builder parts = ImmutableArray.CreateBuilder<GrammarPattern>();
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Text(rules, GrammarPattern.Text(value.GetString()!));
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    parts.Add(parts.Count == 0 ? GrammarPattern.Empty : Comma(rules));
                    parts.Add(GrammarPattern.Of(Text(rules, GrammarPattern.Text(member.Name)), Colon(rules), Literal(rules, member.Value)));
                }

                return Enclosed("{", new GrammarPattern.Sequence(parts.ToImmutable()), "}", rules);
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    parts.Add(parts.Count == 0 ? GrammarPattern.Empty : Comma(rules));
                    parts.Add(Literal(rules, item));
                }

                return Enclosed("[", new GrammarPattern.Sequence(parts.ToImmutable()), "]", rules);
            case JsonValueKind.Number when ExactNumber.From(value)?.Plain is { } plain && plain != value.GetRawText():
                return GrammarPattern.OneOf([GrammarPattern.Text(value.GetRawText()), GrammarPattern.Text(plain)]);
            default:
                return GrammarPattern.Text(value.GetRawText());
        }
    }

    public static GrammarPattern Enclosed(string open, GrammarPattern inner, string close, GrammarRules rules) =>
        GrammarPattern.Of(GrammarPattern.Text(open), Space(rules), inner, Space(rules), GrammarPattern.Text(close));

    private static GrammarPattern List(string open, GrammarPattern item, string close, GrammarRules rules) =>
        Enclosed(open, GrammarPattern.Of(item, GrammarPattern.Of(Comma(rules), item).Any()).Optional(), close, rules);

    private static GrammarPattern.Chars Digit() => new GrammarPattern.Chars(CodeSet.Of([('0', '9')]));

    private static GrammarPattern Whole() => GrammarPattern.OneOf([GrammarPattern.Text("0"), GrammarPattern.Of(new GrammarPattern.Chars(CodeSet.Of([('1', '9')])), Digit().Any())]);

    private static GrammarPattern Spelled(GrammarRules rules, GrammarPattern pattern) => pattern switch
    {
        GrammarPattern.Chars chars => Character(rules, chars.Set),
        GrammarPattern.Sequence sequence => new GrammarPattern.Sequence([.. sequence.Parts.Select(part => Spelled(rules, part))]),
        GrammarPattern.Choice choice => new GrammarPattern.Choice([.. choice.Options.Select(option => Spelled(rules, option))]),
        GrammarPattern.Repeat repeat => new GrammarPattern.Repeat(Spelled(rules, repeat.Part), repeat.Least, repeat.Most),
        _ => pattern,
    };

    private static GrammarPattern Spellings(CodeSet set)
    {
        List<GrammarPattern> hex = [];
        foreach ((int first, int last) in set.Ranges)
        {
            if (first <= 0xFFFF)
            {
                hex.AddRange(Hex(first, Math.Min(last, 0xFFFF)));
            }

            if (last > 0xFFFF)
            {
                hex.AddRange(Pairs(Math.Max(first, 0x10000), last));
            }
        }

        string letters = string.Concat(s_escapes.Where(pair => set.Contains(pair.Letter)).Select(pair => pair.Escape));
        GrammarPattern escape = GrammarPattern.Of(
            GrammarPattern.Text("\\"),
            GrammarPattern.OneOf([letters.Length > 0 ? GrammarPattern.Letters(letters) : GrammarPattern.Nothing, GrammarPattern.Of(GrammarPattern.Text("u"), GrammarPattern.OneOf(hex))]));
        CodeSet plain = set.Intersect(s_unescaped);
        return GrammarPattern.OneOf([plain.IsEmpty ? GrammarPattern.Nothing : new GrammarPattern.Chars(plain), escape]);
    }

    private static IEnumerable<GrammarPattern> Hex(int first, int last) =>
        DigitRanges.Split(first, last, 4, 16).Select(digits => (GrammarPattern)new GrammarPattern.Sequence([.. digits.Select(range => new GrammarPattern.Chars(HexDigits(range.First, range.Last)))]));

    /// <summary>Characters beyond the first plane are two escapes: the ends of the range have first halves of their own, all between share all second halves.</summary>
    private static IEnumerable<GrammarPattern> Pairs(int first, int last)
    {
        while (first <= last)
        {
            (int high, int low) = (0xD800 + ((first - 0x10000) >> 10), 0xDC00 + ((first - 0x10000) & 0x3FF));
            (int lastHigh, int lastLow) = (0xD800 + ((last - 0x10000) >> 10), 0xDC00 + ((last - 0x10000) & 0x3FF));
            int endHigh = high == lastHigh || low != 0xDC00 ? high : lastLow == 0xDFFF ? lastHigh : lastHigh - 1;
            int endLow = endHigh == lastHigh ? lastLow : 0xDFFF;
            yield return GrammarPattern.Of(GrammarPattern.OneOf(Hex(high, endHigh)), GrammarPattern.Text("\\u"), GrammarPattern.OneOf(Hex(low, endLow)));
            first = char.ConvertToUtf32((char)endHigh, (char)endLow) + 1;
        }
    }

    private static CodeSet HexDigits(int first, int last) => CodeSet.Of(Enumerable.Range(first, last - first + 1).SelectMany(digit => digit < 10
        ? new[] { ('0' + digit, '0' + digit) }
        : [('A' + digit - 10, 'A' + digit - 10), ('a' + digit - 10, 'a' + digit - 10)]));
}
