using System.Globalization;
using Exo.Engine.Formats;

namespace Exo.Engine.Gguf;

/// <summary>
/// The key-value table of a GGUF file. A getter gives null for a key that is absent and refuses a value of another kind, naming file and key.
/// Integers of every width are one kind; so are f32 and f64. Arrays are shared: do not write to them.
/// </summary>
public sealed class GgufMetadata
{
    private readonly Dictionary<string, object> _values;

    internal GgufMetadata(string path, Dictionary<string, object> values)
    {
        Path = path;
        _values = values;
    }

    /// <summary>Absolute path of the file, for messages.</summary>
    public string Path { get; }

    /// <summary>All keys.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>Whether the file has the key.</summary>
    /// <param name="key">Name of the value.</param>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>Whether the file has the key, with an array as its value.</summary>
    /// <param name="key">Name of the value.</param>
    public bool IsArray(string key) => Get(key) is Array;

    /// <summary>A text.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no text.</exception>
    public string? GetString(string key) => Get(key) switch
    {
        null => null,
        string text => text,
        object other => throw Wrong(key, other, "a text"),
    };

    /// <summary>A text that must be there.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The key is absent or the value is no text.</exception>
    public string RequireString(string key) => GetString(key) ?? throw Missing(key);

    /// <summary>An integer.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no integer, or needs more than 64 bits with sign.</exception>
    public long? GetInteger(string key) => Get(key) switch
    {
        null => null,
        long number => number,
        object other => throw Wrong(key, other, "an integer"),
    };

    /// <summary>An integer within bounds.</summary>
    /// <param name="key">Name of the value.</param>
    /// <param name="least">The least that is possible.</param>
    /// <param name="most">The most that is possible.</param>
    /// <exception cref="ModelFileException">The value is no integer or outside.</exception>
    public int? GetInt(string key, int least = int.MinValue, int most = int.MaxValue)
    {
        long? value = GetInteger(key);
        return value is null ? null
            : value >= least && value <= most ? (int)value
            : throw new ModelFileException($"{Path}: {key} is {value}; {least} to {most} are possible. The file is damaged, or made for another program: convert the model again.");
    }

    /// <summary>An integer within bounds that must be there.</summary>
    /// <param name="key">Name of the value.</param>
    /// <param name="least">The least that is possible.</param>
    /// <param name="most">The most that is possible.</param>
    /// <exception cref="ModelFileException">The key is absent, the value no integer, or outside.</exception>
    public int RequireInt(string key, int least = int.MinValue, int most = int.MaxValue) => GetInt(key, least, most) ?? throw Missing(key);

    /// <summary>A finite number; an integer is none.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no number, NaN or infinite.</exception>
    public double? GetNumber(string key) => Get(key) switch
    {
        null => null,
        double number when double.IsFinite(number) => number,
        object other => throw Wrong(key, other, "a finite number"),
    };

    /// <summary>A finite number that must be there.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The key is absent, the value no number, NaN or infinite.</exception>
    public double RequireNumber(string key) => GetNumber(key) ?? throw Missing(key);

    /// <summary>A truth value.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no truth value.</exception>
    public bool? GetBool(string key) => Get(key) switch
    {
        null => null,
        bool flag => flag,
        object other => throw Wrong(key, other, "true or false"),
    };

    /// <summary>An array of texts; bytes that are not UTF-8 were replaced by U+FFFD.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no array of texts.</exception>
    public string[]? GetStrings(string key) => Array<string>(key, "an array of texts");

    /// <summary>An array of integers.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no array of integers.</exception>
    public long[]? GetIntegers(string key) => Array<long>(key, "an array of integers");

    /// <summary>An array of numbers, which may be NaN or infinite.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no array of numbers.</exception>
    public float[]? GetNumbers(string key) => Array<float>(key, "an array of numbers");

    /// <summary>An array of truth values; of integers all but 0 are true.</summary>
    /// <param name="key">Name of the value.</param>
    /// <exception cref="ModelFileException">The value is no array of truth values.</exception>
    public bool[]? GetBools(string key) => Get(key) is long[] numbers ? System.Array.ConvertAll(numbers, number => number != 0) : Array<bool>(key, "an array of truth values");

    /// <summary>A refusal because a key is absent.</summary>
    /// <param name="key">Name of the value.</param>
    public ModelFileException Missing(string key) =>
        new($"{Path}: the metadata lacks {key}. The file is incomplete: convert the model again.");

    /// <summary>A refusal of a value, with its key.</summary>
    /// <param name="key">Name of the value.</param>
    /// <param name="reason">What is wrong and what to do.</param>
    public ModelFileException Refuse(string key, string reason) => new($"{Path}: {key} {reason}");

    private object? Get(string key) => _values.GetValueOrDefault(key);

    private T[]? Array<T>(string key, string kind) => Get(key) switch
    {
        null => null,
        T[] array => array,
        object[] { Length: 0 } => [],
        object other => throw Wrong(key, other, kind),
    };

    private ModelFileException Wrong(string key, object value, string kind)
    {
        string text = value is Array array ? $"an array of {array.Length} values" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return Refuse(key, $"has a value of the wrong type: {(text.Length > 60 ? text[..60] + "…" : text)}, which is not {kind}. Convert the model again.");
    }
}
