namespace Exo.Engine.Grammars;

/// <summary>Formats of strings. Each gives only texts that the format allows, not always all of them: rare spellings are left out.</summary>
internal static class TextFormats
{
    private const string Year = "[0-9]{4}";
    private const string LeapYear = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
    private const string Date = $"({Year}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{LeapYear}-02-29)";
    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private const string Octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string IPv4 = $@"{Octet}(\.{Octet}){{3}}";
    private const string Group = "[0-9a-fA-F]{1,4}";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string UriLetters = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

    private static readonly Dictionary<string, string> s_formats = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        ["uuid"] = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        ["email"] = $@"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@{Label}(\.{Label})+",
        ["hostname"] = $@"{Label}(\.{Label})*",
        ["ipv4"] = IPv4,
        ["ipv6"] = $"(({Group}:){{7}}{Group}|({Group}:){{1,7}}:|{string.Join('|', Enumerable.Range(1, 6).Select(n => $"({Group}:){{1,{7 - n}}}(:{Group}){{1,{n}}}"))}|:(:{Group}){{1,7}}|::)",
        ["uri"] = $"[A-Za-z][A-Za-z0-9+.-]*://({Label}(\\.{Label})*)(:[0-9]{{1,5}})?(/{UriLetters}*)*(\\?({UriLetters}|[/?])*)?(#({UriLetters}|[/?])*)?",
    };

    public static IEnumerable<string> Names => s_formats.Keys;

    /// <summary>The texts of a format; null for one that is not known.</summary>
    public static GrammarPattern? Find(string name) => s_formats.TryGetValue(name, out string? regex) ? new RegexReader(regex).Read(wholeText: true) : null;
}
