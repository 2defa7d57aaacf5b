using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Engine.Safetensors;

/// <summary>Typed values of config.json, or of an object in it. An absent or null key gives null; another kind is refused with file and key.</summary>
internal sealed class FolderConfig
{
    private readonly JsonFile _file;
    private readonly JsonElement _object;
    private readonly string _prefix;
    private readonly IReadOnlyDictionary<string, string> _names;
    private readonly FolderConfig? _behind;
    private readonly JsonElement? _defaults;

    public FolderConfig(JsonFile file)
        : this(file, file.Root, "", new Dictionary<string, string>(), null, null)
    {
    }

    private FolderConfig(JsonFile file, JsonElement element, string prefix, IReadOnlyDictionary<string, string> names, FolderConfig? behind, JsonElement? defaults)
    {
        _file = file;
        _object = element;
        _prefix = prefix;
        _names = names;
        _behind = behind;
        _defaults = defaults;
    }

    public string Path => _file.Path;

    /// <summary>Whether this is an object in config.json that describes a part of the model.</summary>
    public bool IsPart => _behind is not null;

    public IEnumerable<string> DuplicateKeys =>
        _object.EnumerateObject().GroupBy(property => property.Name).Where(group => group.Skip(1).Any()).Select(group => group.Key);

    public IEnumerable<string> Keys => _object.EnumerateObject().Select(property => property.Name);

    /// <summary>The word true or false where an object may stand; null where one stands, or nothing.</summary>
    public bool? Word(string key) => Find(key) is { ValueKind: JsonValueKind.True or JsonValueKind.False } word ? word.GetBoolean() : null;

    public bool Contains(string key) => Find(key) is not null;

    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(key, value, "a text");

    public bool? Flag(string key) => Find(key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(key, value, "true or false");

    /// <summary>The same where some write a number: 0 is false.</summary>
    public bool? FlagOrNumber(string key) => Find(key) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() != 0 : Flag(key);

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
        : value.ValueKind == JsonValueKind.Object ? new FolderConfig(_file, value, $"{_prefix}{NameOf(key)}.", new Dictionary<string, string>(), null, null)
        : throw Wrong(key, value, "an object");

    public IReadOnlyList<string>? Texts(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : throw Wrong(key, value, "an array of texts");

    public IReadOnlyList<double>? Numbers(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(item => item.GetDouble())]
        : throw Wrong(key, value, "an array of numbers");

    /// <summary>The same where the family spells keys otherwise: "hidden_size" → "n_embd".</summary>
    public FolderConfig Named(IReadOnlyDictionary<string, string> names) => new(_file, _object, _prefix, names, _behind, _defaults);

    /// <summary>The same with the values that the family's own reader takes for absent keys.</summary>
    /// <param name="json">An object.</param>
    public FolderConfig WithDefaults(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return new(_file, _object, _prefix, _names, _behind, document.RootElement.Clone());
    }

    /// <summary>An object in this one, which answers for the keys that the object lacks.</summary>
    /// <param name="key">"text_config"</param>
    public FolderConfig? Part(string key) =>
        Object(key) is { } part ? new(_file, part._object, part._prefix, part._names, this, null) : null;

    public ModelFileException Missing(string key) => _file.Refuse(_prefix + NameOf(key), "is missing. Download the model again.");

    public ModelFileException Refuse(string key, string reason) => _file.Refuse(_prefix + NameOf(key), reason);

    private ModelFileException Wrong(string key, JsonElement value, string needed)
    {
        string text = value.GetRawText();
        return Refuse(key, $"is {(text.Length > 60 ? text[..60] + "…" : text)}; {needed} is needed. Download the model again.");
    }

    private string NameOf(string key) => _names.TryGetValue(key, out string? name) && !_object.TryGetProperty(key, out _) ? name : key;

    /// <summary>Null where the key is absent or null. A null in the file is no absent key: it hides what stands behind it.</summary>
    private JsonElement? Find(string key)
    {
        if (!_object.TryGetProperty(key, out JsonElement value) && !(_names.TryGetValue(key, out string? name) && _object.TryGetProperty(name, out value)))
        {
            return _behind?.Find(key) ?? (_defaults is { } defaults && defaults.TryGetProperty(key, out value) ? value : null);
        }

        return value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
