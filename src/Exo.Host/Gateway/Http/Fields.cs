using System.Globalization;
using System.Text.Json;

namespace Exo.Host.Gateway.Http;

/// <summary>
/// Typed reads of a request's fields. Absent and null are the same; a wrong type is refused by name, never coerced.
/// </summary>
/// <param name="Object">The request.</param>
internal readonly record struct Fields(JsonElement Object)
{
    public JsonElement? Get(string name) =>
        Object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool? Boolean(string name) => Get(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw ApiException.Invalid(name, $"'{name}' must be true or false."),
    };

    public string? Text(string name) => Get(name) is { } value ? TextOf(value, name) : null;

    public double? Number(string name, double least, double most, bool leastAllowed = true)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !(number <= most) || !(leastAllowed ? number >= least : number > least))
        {
            string range = string.Create(CultureInfo.InvariantCulture, $"{(leastAllowed ? "from" : "above")} {least} to {most}");
            throw ApiException.Invalid(name, $"'{name}' must be a number {range}.");
        }

        return number;
    }

    public long? Integer(string name, long least, long most)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw ApiException.Invalid(name, $"'{name}' must be a whole number from {least} to {most}.");
    }

    /// <summary>The text of a JSON string; text that is no Unicode (a lone surrogate) is refused.</summary>
    public static string TextOf(JsonElement value, string param)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw ApiException.Invalid(param, $"'{param}' must be a string.");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid(param, $"'{param}' holds half of a surrogate pair: send valid Unicode.");
        }
    }
}
