using System.Globalization;

namespace Exo.Engine.Tokens.Cutting;

/// <summary>
/// Cuts where the script of the characters changes. A space has none and stays with what is before it; as in the library that defines the
/// format, what comes before the first character with a script is dropped.
/// </summary>
internal sealed class ScriptCut : ICut
{
    private const int Space = ' ';
    private const int LongVowelMark = 0x30FC;
    private const int None = -1;

    private static readonly (int[] Firsts, int[] Lasts, int[] Scripts) s_ranges = Read();
    private static readonly int s_han = ScriptOf('\u4E00');

    public void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces)
    {
        int begun = None;
        int script = None;
        for (int at = start; at < end; at++)
        {
            int next = text.Codes[at] switch
            {
                Space => None,
                LongVowelMark => s_han,
                int code => ScriptOf(code),
            };
            if (next != None && next != script)
            {
                if (begun != None)
                {
                    pieces.Add((begun, at));
                }

                (begun, script) = (at, next);
            }
        }

        if (begun != None)
        {
            pieces.Add((begun, end));
        }
    }

    private static int ScriptOf(int code)
    {
        int at = Array.BinarySearch(s_ranges.Firsts, code);
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 && code <= s_ranges.Lasts[at] ? s_ranges.Scripts[at] : None;
    }

    private static (int[] Firsts, int[] Lasts, int[] Scripts) Read()
    {
        List<string> names = [];
        string[] entries = ScriptData.Ranges.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        (int[] firsts, int[] lasts, int[] scripts) = (new int[entries.Length], new int[entries.Length], new int[entries.Length]);
        for (int i = 0; i < entries.Length; i++)
        {
            string[] sides = entries[i].Split('=');
            int[] range = [.. sides[0].Split('-').Select(hex => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
            int script = names.IndexOf(sides[1]);
            if (script < 0)
            {
                script = names.Count;
                names.Add(sides[1]);
            }

            (firsts[i], lasts[i], scripts[i]) = (range[0], range[^1], script);
        }

        return (firsts, lasts, scripts);
    }
}
