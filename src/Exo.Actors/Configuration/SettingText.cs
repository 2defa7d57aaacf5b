using System.Globalization;
using System.Numerics;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Exo.Actors.Configuration;

/// <summary>Values between texts and HOCON.</summary>
internal static class SettingText
{
    /// <summary>A line of HOCON that sets the value.</summary>
    public static string Assignment(Setting setting, string text) =>
        $"{setting.Key} = {(setting.Kind == SettingKind.List ? $"[{string.Join(", ", Items(text).Select(Quote))}]" : Quote(text))}";

    /// <summary>The value as people write it; null where it is of the wrong sort for the setting.</summary>
    public static string? Read(Setting setting, HoconValue value) =>
        setting.Kind == SettingKind.List
            ? value.IsString() || value.IsObject() ? null : string.Join(",", value.GetStringList())
            : value.IsArray() || value.IsObject() ? null : value.GetString() ?? "";

    /// <summary>True when the text is a value of the setting.</summary>
    public static bool Fits(Setting setting, string text) => setting.Kind switch
    {
        SettingKind.Text or SettingKind.List => true,
        SettingKind.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= setting.Least && number <= setting.Most,
        SettingKind.Switch => text is "on" or "off" or "true" or "false",
        SettingKind.Duration => IsReadable(text, static (config, key) => config.GetTimeSpan(key)),
        SettingKind.DurationOrOff => text == "off" || IsReadable(text, static (config, key) => config.GetTimeSpan(key)),
        SettingKind.Size => text.Length == 0 || IsSize(text),
        SettingKind.Address => text.LastIndexOf(':') is int colon and > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _),
        SettingKind.Choice => setting.Choices.Contains(text),
        _ => throw new System.Diagnostics.UnreachableException(setting.Kind.ToString()),
    };

    public static IEnumerable<string> Items(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether it is a number of bytes that 63 bits hold: a reader may wrap a larger one instead of refusing it.</summary>
    private static bool IsSize(string text)
    {
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        return Bytes(text) is not null && (digits == 0
            || (Bytes("1" + text[digits..]) is { } unit && BigInteger.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) * unit <= long.MaxValue));
    }

    private static long? Bytes(string text)
    {
        long? bytes = null;
        return IsReadable(text, (config, key) => bytes = config.GetByteSize(key)) ? bytes : null;
    }

    private static bool IsReadable<T>(string text, Func<Config, string, T> read)
    {
        try
        {
            read(ConfigurationFactory.ParseString($"value = {Quote(text)}"), "value");
            return text.Length > 0;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static string Quote(string text)
    {
        System.Text.StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => c });
        }

        return quoted.Append('"').ToString();
    }
}
