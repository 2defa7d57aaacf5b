using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Exo.Engine.Chat.Jinja;

/// <summary>JSON as values of a template; objects keep the order of their keys.</summary>
internal static class JsonValues
{
    public static object? From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(json.GetRawText()),
        JsonValueKind.Array => new JinjaSequence([.. json.EnumerateArray().Select(From)]),
        JsonValueKind.Object => Mapping(json),
        _ => null,
    };

    private static object Number(string text) => text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 || text.Length > 1000
        ? double.Parse(text, CultureInfo.InvariantCulture)
        : BigInteger.Parse(text, CultureInfo.InvariantCulture);

    private static JinjaMapping Mapping(JsonElement json)
    {
        JinjaMapping mapping = new();
        foreach (JsonProperty property in json.EnumerateObject())
        {
            mapping.Set(property.Name, From(property.Value));
        }

        return mapping;
    }
}
