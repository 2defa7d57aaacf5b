using System.Globalization;
using System.Text;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>Unicode's normal forms (Unicode Standard Annex 15), from tables of our own: NFC and NFD, and NFKC and NFKD beside them.</summary>
internal static class CanonicalForm
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly Dictionary<int, int[]> s_parts = [];
    private static readonly Dictionary<(int First, int Second), int> s_composed = [];
    private static readonly Dictionary<int, byte> s_classes = [];

    static CanonicalForm()
    {
        foreach (string entry in CanonicalData.Decompositions.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = entry.TrimEnd('!').Split('=');
            int composed = Code(sides[0]);
            int[] parts = [.. sides[1].Split('+').Select(Code)];
            s_parts[composed] = parts;
            if (!entry.EndsWith('!'))
            {
                s_composed[(parts[0], parts[1])] = composed;
            }
        }

        foreach (string entry in CanonicalData.Classes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = entry.Split('=');
            int[] range = [.. sides[0].Split('-').Select(Code)];
            for (int code = range[0]; code <= range[^1]; code++)
            {
                s_classes[code] = byte.Parse(sides[1], CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>NFC: marks joined to their letters where one character stands for both.</summary>
    public static string Compose(string text) => IsPlain(text, 0x300) ? text : Composed(Decomposed(text, compatibly: false));

    /// <summary>NFD: every letter before its marks.</summary>
    public static string Decompose(string text) => IsPlain(text, 0xC0) ? text : Text(Decomposed(text, compatibly: false), int.MaxValue);

    /// <summary>NFKC: as NFC, and characters that are another's form for the sake of compatibility become that other.</summary>
    public static string ComposeCompatibly(string text) => IsPlain(text, 0xA0) ? text : Composed(Decomposed(text, compatibly: true));

    /// <summary>NFKD: as NFD, and characters that are another's form for the sake of compatibility become that other.</summary>
    public static string DecomposeCompatibly(string text) => IsPlain(text, 0xA0) ? text : Text(Decomposed(text, compatibly: true), int.MaxValue);

    private static string Composed(List<int> codes)
    {
        int starter = -1;
        int last = -1;
        int written = 0;
        for (int i = 0; i < codes.Count; i++)
        {
            int code = codes[i];
            int @class = Class(code);
            bool reachable = starter >= 0 && (last < @class || last < 0);
            if (reachable && TryJoin(codes[starter], code, out int joined))
            {
                codes[starter] = joined;
                continue;
            }

            (starter, last) = @class == 0 ? (written, -1) : (starter, @class);
            codes[written++] = code;
        }

        return Text(codes, written);
    }

    private static int Code(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Class(int code) => code < 0x300 ? 0 : s_classes.GetValueOrDefault(code);

    private static bool IsPlain(string text, int below)
    {
        foreach (char c in text)
        {
            if (c >= below)
            {
                return false;
            }
        }

        return true;
    }

    private static List<int> Decomposed(string text, bool compatibly)
    {
        List<int> codes = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Append(rune.Value, compatibly, codes);
        }

        Order(codes);
        return codes;
    }

    private static void Append(int code, bool compatibly, List<int> codes)
    {
        int hangul = code - HangulBase;
        if (hangul is >= 0 and < Leads * Vowels * Tails)
        {
            codes.Add(LeadBase + (hangul / (Vowels * Tails)));
            codes.Add(VowelBase + (hangul / Tails % Vowels));
            if (hangul % Tails != 0)
            {
                codes.Add(TailBase + (hangul % Tails));
            }
        }
        else if (s_parts.TryGetValue(code, out int[]? parts) || (compatibly && CompatibilityParts.All.TryGetValue(code, out parts)))
        {
            foreach (int part in parts)
            {
                Append(part, compatibly, codes);
            }
        }
        else
        {
            codes.Add(code);
        }
    }

    // Marks in the order of their classes; a stable sort of each run, so that a long run of marks stays n log n.
    private static void Order(List<int> codes)
    {
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && Class(codes[end]) != 0)
            {
                end++;
            }

            if (end > start + 1)
            {
                int[] sorted = [.. codes.Skip(start).Take(end - start).OrderBy(Class)];
                for (int i = 0; i < sorted.Length; i++)
                {
                    codes[start + i] = sorted[i];
                }
            }

            start = Math.Max(start, end - 1);
        }
    }

    private static bool TryJoin(int first, int second, out int joined)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            joined = HangulBase + (((lead * Vowels) + vowel) * Tails);
            return true;
        }

        int syllable = first - HangulBase;
        int tail = second - TailBase;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails)
        {
            joined = first + tail;
            return true;
        }

        return s_composed.TryGetValue((first, second), out joined);
    }

    private static string Text(List<int> codes, int count)
    {
        StringBuilder text = new(codes.Count);
        foreach (int code in codes.Take(count))
        {
            text.Append(new Rune(code).ToString());
        }

        return text.ToString();
    }
}
