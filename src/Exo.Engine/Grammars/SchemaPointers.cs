using System.Globalization;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>Finds schemas by JSON pointer (RFC 6901) in one document.</summary>
internal sealed class SchemaPointers(JsonElement root)
{
    /// <summary>Where a $ref leads.</summary>
    /// <exception cref="GrammarException">It leads out of the document.</exception>
    public static string Target(JsonElement reference, string pointer)
    {
        string? text = reference.ValueKind == JsonValueKind.String ? reference.GetString() : null;
        return text is "#" || text?.StartsWith("#/", StringComparison.Ordinal) == true
            ? Uri.UnescapeDataString(text)
            : throw new GrammarException($"The schema, {pointer}/$ref: {reference.GetRawText()} leads out of the schema; only references that begin with #/ can be followed. Copy what it means to $defs.");
    }

    /// <summary>A name as a part of a pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <exception cref="GrammarException">There is nothing.</exception>
    public JsonElement At(string pointer)
    {
        JsonElement at = root;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool found = at.ValueKind switch
            {
                JsonValueKind.Object => at.TryGetProperty(name, out at),
                JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < at.GetArrayLength() => Assign(at[index], out at),
                _ => false,
            };
            if (!found)
            {
                throw new GrammarException($"The schema: a $ref leads to {pointer}, where there is nothing.");
            }
        }

        return at;
    }

    private static bool Assign(JsonElement value, out JsonElement target)
    {
        target = value;
        return true;
    }
}
