using System.Globalization;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Dates as C's strftime writes them in the C locale.</summary>
internal static class Strftime
{
    public static string Format(DateTimeOffset now, string format)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char code = format[++i];
            bool plain = code == '-' && i + 1 < format.Length;
            string part = Field(now, plain ? format[++i] : code);
            text.Append(plain && part.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : part);
        }

        return text.ToString();
    }

    private static string Field(DateTimeOffset now, char code)
    {
        string? pattern = code switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'A' => "dddd",
            'a' => "ddd",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'p' => "tt",
            'F' => "yyyy-MM-dd",
            'T' or 'X' => "HH:mm:ss",
            'D' or 'x' => "MM'/'dd'/'yy",
            'R' => "HH:mm",
            'f' => "ffffff",
            _ => null,
        };
        return pattern is not null ? now.ToString(pattern, CultureInfo.InvariantCulture) : code switch
        {
            'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => (now.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            's' => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'c' => now.ToString("ddd MMM ", CultureInfo.InvariantCulture) + Field(now, 'e') + now.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture),
            'Z' or 'z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => "%" + code,
        };
    }
}
