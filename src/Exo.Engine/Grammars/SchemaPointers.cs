using System.Globalization;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>Finds schemas by JSON pointer (RFC 6901) in one document.</summary>
internal sealed class SchemaPointers
{
    private readonly Dictionary<string, JsonElement> _found = new(StringComparer.Ordinal);

    /// <exception cref="GrammarException">A text or name in the document holds half a surrogate pair.</exception>
    public SchemaPointers(JsonElement root)
    {
        RefuseHalves(root, "#");
        _found.Add("#", root);
    }

    /// <summary>Where a $ref leads.</summary>
    /// <exception cref="GrammarException">It leads out of the document, or begins at an $id that is not the document's.</exception>
    public string Target(JsonElement reference, string pointer)
    {
        string? text = reference.ValueKind == JsonValueKind.String ? reference.GetString() : null;
        if (text is not "#" && text?.StartsWith("#/", StringComparison.Ordinal) != true)
        {
            throw new GrammarException($"The schema, {pointer}/$ref: {reference.GetRawText()} leads out of the schema; only references that begin with #/ can be followed. Copy what it means to $defs.");
        }

        for (int end = pointer.IndexOf('/', StringComparison.Ordinal); end >= 0; end = end == pointer.Length ? -1 : pointer.IndexOf('/', end + 1) is int next and >= 0 ? next : pointer.Length)
        {
            string above = pointer[..end];
            if (above != "#" && At(above) is { ValueKind: JsonValueKind.Object } schema && schema.TryGetProperty("$id", out JsonElement id) && id.ValueKind == JsonValueKind.String)
            {
                throw new GrammarException($"The schema, {above}/$id: references below begin at another schema than the document's, which cannot be followed; remove this $id.");
            }
        }

        return Uri.UnescapeDataString(text);
    }

    /// <summary>A name as a part of a pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <exception cref="GrammarException">There is nothing.</exception>
    public JsonElement At(string pointer)
    {
        // An object is taken apart the first time that something in it is asked for, because a search in it reads all of it.
        int known = pointer.Length;
        JsonElement at;
        while (!_found.TryGetValue(pointer[..known], out at))
        {
            known = pointer.LastIndexOf('/', known - 1);
            if (known < 0)
            {
                throw Nothing(pointer);
            }
        }

        while (known < pointer.Length)
        {
            Add(pointer[..known], at);
            int end = pointer.IndexOf('/', known + 1);
            known = end < 0 ? pointer.Length : end;
            if (!_found.TryGetValue(pointer[..known], out at))
            {
                throw Nothing(pointer);
            }
        }

        return at;
    }

    private void Add(string pointer, JsonElement parent)
    {
        if (parent.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in parent.EnumerateObject())
            {
                _found[$"{pointer}/{Escape(member.Name)}"] = member.Value;
            }
        }
        else if (parent.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in parent.EnumerateArray())
            {
                _found[string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index++}")] = item;
            }
        }
    }

    private static GrammarException Nothing(string pointer) => new($"The schema: a $ref leads to {pointer}, where there is nothing.");

    private static void RefuseHalves(JsonElement value, string pointer)
    {
        try
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (JsonProperty member in value.EnumerateObject())
                    {
                        RefuseHalves(member.Value, $"{pointer}/{Escape(member.Name)}");
                    }

                    break;
                case JsonValueKind.Array:
                    int index = 0;
                    foreach (JsonElement item in value.EnumerateArray())
                    {
                        RefuseHalves(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index++}"));
                    }

                    break;
                case JsonValueKind.String:
                    value.GetString();
                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw new GrammarException($"The schema, {pointer}: the text holds half a surrogate pair.");
        }
    }
}
