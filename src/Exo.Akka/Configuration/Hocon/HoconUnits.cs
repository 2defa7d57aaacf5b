using System.Globalization;
using System.Text.RegularExpressions;

namespace Akka.Configuration.Hocon;

/// <summary>Durations and sizes as Akka.NET's reader takes them: <c>1.5 s</c>, <c>200ms</c>, <c>infinite</c>; <c>10 kB</c>, <c>64MiB</c>.</summary>
internal static partial class HoconUnits
{
    public static TimeSpan ParseDuration(string text, bool allowInfinite)
    {
        if (text is null)
            throw new FormatException("A duration was expected, but the value is null or not a scalar");
        text = text.Trim();
        Match match = Duration().Match(text);
        if (match.Success)
        {
            double value = double.Parse(match.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
            return Scale(value, match.Groups["unit"].Value)
                ?? throw new FormatException($"'{text}' is not a duration that can be used: microseconds are written 'micros'");
        }

        if (allowInfinite && string.Equals(text, "infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double milliseconds) && milliseconds >= 0)
            return TimeSpan.FromMilliseconds(milliseconds);
        throw new FormatException($"'{text}' is not a duration; write a number with ns, micros, ms, s, m, h or d, or 'infinite'");
    }

    public static long? ParseSize(string text)
    {
        if (text is null)
            return null;
        text = text.Trim();
        Match match = Size().Match(text);
        if (!match.Success || !long.TryParse(match.Groups["value"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            throw new FormatException($"'{text}' is not a size; write a whole number with b, kB, KiB, MB, MiB, GB or GiB");
        long factor = match.Groups["unit"].Value switch
        {
            "" or "b" or "B" or "byte" or "bytes" => 1,
            "kB" or "kilobyte" or "kilobytes" => 1000,
            "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
            "MB" or "megabyte" or "megabytes" => 1_000_000,
            "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
            "GB" or "gigabyte" or "gigabytes" => 1_000_000_000,
            "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
            "TB" or "terabyte" or "terabytes" => 1_000_000_000_000,
            "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
            string unit => throw new FormatException($"'{unit}' in '{text}' is not a unit of size; use b, kB, KiB, MB, MiB, GB or GiB"),
        };
        return checked(value * factor);
    }

    private static TimeSpan? Scale(double value, string unit) => unit switch
    {
        "nanoseconds" or "nanosecond" or "nanos" or "nano" or "ns" => TimeSpan.FromTicks((long)Math.Round(value / 100.0)),
        "microseconds" or "microsecond" or "micros" or "micro" => TimeSpan.FromTicks((long)Math.Round(value * 10.0)),
        "milliseconds" or "millisecond" or "millis" or "milli" or "ms" => TimeSpan.FromMilliseconds(value),
        "seconds" or "second" or "s" => TimeSpan.FromSeconds(value),
        "minutes" or "minute" or "m" => TimeSpan.FromMinutes(value),
        "hours" or "hour" or "h" => TimeSpan.FromHours(value),
        "days" or "day" or "d" => TimeSpan.FromDays(value),
        _ => null,
    };

    [GeneratedRegex(@"^(?<value>[0-9]+(\.[0-9]+)?)\s*(?<unit>[a-z]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^(?<value>[0-9]+)\s*(?<unit>[A-Za-z]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Size();
}
