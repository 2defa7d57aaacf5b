using System.Text.Encodings.Web;
using System.Text.Json;

namespace Exo.Engine.Outputs;

/// <summary>The tools that a model was offered: their names, and the types that their schemas give to untyped text.</summary>
internal sealed class OfferedTools
{
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, JsonElement>? _parameters;

    /// <param name="tools">[{"type": "function", "function": {"name", "parameters"}}], or the inner objects alone; null when the tools are not known.</param>
    public OfferedTools(JsonElement? tools)
    {
        if (tools is not { ValueKind: JsonValueKind.Array } array)
        {
            return;
        }

        _parameters = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonElement item in array.EnumerateArray())
        {
            JsonElement tool = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("function", out JsonElement function) ? function : item;
            if (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String)
            {
                _parameters[name.GetString()!] = tool.TryGetProperty("parameters", out JsonElement schema) || tool.TryGetProperty("input_schema", out schema) ? schema : default;
            }
        }
    }

    /// <summary>Whether the tool was offered; true for any where the tools are not known.</summary>
    public bool Has(string name) => _parameters?.ContainsKey(name) ?? true;

    /// <summary>A JSON object of arguments that the model wrote as text: strings stay strings, the rest is read as JSON where it is some.</summary>
    /// <param name="tool">Name of the tool, whose schema decides where the field does not.</param>
    /// <param name="fields">Of equal keys the last one counts.</param>
    public string Object(string tool, IEnumerable<ArgumentField> fields)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_writing))
        {
            json.WriteStartObject();
            foreach (ArgumentField field in fields.GroupBy(field => field.Key).Select(same => same.Last()))
            {
                json.WritePropertyName(field.Key);
                if ((field.IsText ?? IsText(tool, field.Key)) || !TryWrite(json, field.Text))
                {
                    json.WriteStringValue(field.Text);
                }
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static bool TryWrite(Utf8JsonWriter json, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            document.RootElement.WriteTo(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool IsText(string tool, string key) =>
        _parameters is not null
        && _parameters.TryGetValue(tool, out JsonElement schema)
        && schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("properties", out JsonElement properties)
        && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(key, out JsonElement property)
        && IsText(property);

    private static bool IsText(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && ((schema.TryGetProperty("type", out JsonElement type) && IsString(type))
            || (schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String)));

    private static bool IsString(JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => type.ValueEquals("string"),

        // "string" or null; other unions are read as JSON where they are some.
        JsonValueKind.Array => type.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String && (one.ValueEquals("string") || one.ValueEquals("null")))
            && type.EnumerateArray().Any(one => one.ValueEquals("string")),
        _ => false,
    };
}
