using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Engine.Safetensors;

/// <summary>Typed values of config.json, or of an object in it. An absent or null key gives null; another kind is refused with file and key.</summary>
internal sealed class FolderConfig
{
    private readonly JsonFile _file;
    private readonly JsonElement _object;
    private readonly string _prefix;

    public FolderConfig(JsonFile file)
        : this(file, file.Root, "")
    {
    }

    private FolderConfig(JsonFile file, JsonElement element, string prefix)
    {
        _file = file;
        _object = element;
        _prefix = prefix;
    }

    public string Path => _file.Path;

    public IEnumerable<string> DuplicateKeys =>
        _object.EnumerateObject().GroupBy(property => property.Name).Where(group => group.Skip(1).Any()).Select(group => group.Key);

    public IEnumerable<string> Keys => _object.EnumerateObject().Select(property => property.Name);

    /// <summary>Whether the value is the word false, where an object may stand.</summary>
    public bool IsFalse(string key) => Find(key) is { ValueKind: JsonValueKind.False };

    public bool Contains(string key) => Find(key) is not null;

    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(key, value, "a text");

    public bool? Flag(string key) => Find(key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(key, value, "true or false");

    public int? Int(string key, int least, int most) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most ? (int)number
        : throw Wrong(key, value, $"a whole number from {least} to {most}");

    public int RequireInt(string key, int least, int most) => Int(key, least, most) ?? throw Missing(key);

    /// <summary>A finite number above zero.</summary>
    public double? Positive(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number > 0 ? number
        : throw Wrong(key, value, "a finite number above 0");

    public double RequirePositive(string key) => Positive(key) ?? throw Missing(key);

    public FolderConfig? Object(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new FolderConfig(_file, value, $"{_prefix}{key}.")
        : throw Wrong(key, value, "an object");

    public IReadOnlyList<string>? Texts(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : throw Wrong(key, value, "an array of texts");

    public IReadOnlyList<double>? Numbers(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(item => item.GetDouble())]
        : throw Wrong(key, value, "an array of numbers");

    public ModelFileException Missing(string key) => _file.Refuse(_prefix + key, "is missing. Download the model again.");

    public ModelFileException Refuse(string key, string reason) => _file.Refuse(_prefix + key, reason);

    private ModelFileException Wrong(string key, JsonElement value, string needed)
    {
        string text = value.GetRawText();
        return Refuse(key, $"is {(text.Length > 60 ? text[..60] + "…" : text)}; {needed} is needed. Download the model again.");
    }

    private JsonElement? Find(string key) =>
        _object.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
