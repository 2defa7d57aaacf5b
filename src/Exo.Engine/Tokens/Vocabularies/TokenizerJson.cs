using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>A value in a tokenizer's JSON file that knows where it stands, so that a refusal names file and field.</summary>
internal readonly record struct TokenizerJson(JsonElement Element, string File, string Field)
{
    public bool IsNull => Element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>The name under "type".</summary>
    public string Type => this["type"].Text();

    /// <summary>The value of a key; one that is null if there is none.</summary>
    public TokenizerJson this[string key]
    {
        get
        {
            TokenizerJson at = this with { Field = Field.Length == 0 ? key : $"{Field}.{key}" };
            return Element.ValueKind == JsonValueKind.Object
                ? at with { Element = Element.TryGetProperty(key, out JsonElement value) ? value : default }
                : IsNull ? at with { Element = default } : throw Refuse("is no object");
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFileException">It is no JSON object, or nested too deep.</exception>
    public static TokenizerJson Read(string path)
    {
        try
        {
            using JsonDocument document = StrictJson.Parse(System.IO.File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new TokenizerJson(document.RootElement.Clone(), path, "")
                : throw new ModelFileException($"{path}: the file holds no JSON object. Download the model again.");
        }
        catch (JsonException failure)
        {
            throw new ModelFileException($"{path}: the file is no JSON ({failure.Message.TrimEnd('.')}). Download the model again.", failure);
        }
        catch (IOException failure)
        {
            throw new ModelFileException($"{path}: the file cannot be read ({failure.Message.TrimEnd('.')}).", failure);
        }
    }

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Refuse(IsNull ? "is missing; a text is needed" : "is no text");

    public string? TextOrNull() => IsNull ? null : Text();

    public bool Flag(bool otherwise = false) => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => IsNull ? otherwise : throw Refuse("is neither true nor false"),
    };

    public int Id(int count) => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt64(out long id) && id >= 0 && id < count ? (int)id
        : throw Refuse(IsNull ? "is missing; an id is needed" : $"is {Element.GetRawText()}; an id from 0 to {count - 1} is needed");

    public IReadOnlyList<TokenizerJson> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Refuse(IsNull ? "is missing; a list is needed" : "is no list");
        }

        List<TokenizerJson> items = new(Element.GetArrayLength());
        foreach (JsonElement item in Element.EnumerateArray())
        {
            items.Add(new TokenizerJson(item, File, $"{Field}[{items.Count}]"));
        }

        return items;
    }

    public ModelFileException Refuse(string reason) => new($"{File}: {Field} {reason}. Download the model again, or use it as a GGUF file.");
}
