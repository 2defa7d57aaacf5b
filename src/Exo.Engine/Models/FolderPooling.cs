using System.Text.Json;
using Exo.Engine.Formats;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Models;

/// <summary>How a folder of an embedding model says that a text's vector is made: modules.json and the pooling module's config.json, as sentence-transformers writes them.</summary>
internal static class FolderPooling
{
    private const string Modules = "modules.json";
    private const string Config = "config.json";
    private const string Usual = "1_Pooling";

    private static readonly (string Key, string Mode, Pooling Pooling)[] s_modes =
    [
        ("pooling_mode_mean_tokens", "mean", Pooling.Mean),
        ("pooling_mode_cls_token", "cls", Pooling.First),
        ("pooling_mode_lasttoken", "lasttoken", Pooling.Last),
        ("pooling_mode_max_tokens", "max", Pooling.None),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", Pooling.None),
        ("pooling_mode_weightedmean_tokens", "weightedmean", Pooling.None),
    ];

    /// <summary>Whether the folder says it; otherwise the mean is taken.</summary>
    /// <param name="folder">The model.</param>
    public static bool IsSaid(string folder) => File.Exists(Path.Combine(folder, Place(folder), Config));

    /// <summary>The folder's pooling.</summary>
    /// <param name="folder">The model.</param>
    /// <exception cref="ModelFileException">It is one that cannot be computed.</exception>
    public static Pooling Of(string folder)
    {
        if (!IsSaid(folder))
        {
            return Pooling.Mean;
        }

        const string Mode = "pooling_mode";
        FolderConfig config = new(JsonFile.Read(Path.Combine(folder, Place(folder), Config)));
        string? named = config.Contains(Mode) ? config.Text(Mode) : null;
        (string Key, string Mode, Pooling Pooling)[] on = [.. s_modes.Where(mode => named is null ? config.Flag(mode.Key) ?? false : mode.Mode == named)];
        return on is [{ Pooling: not Pooling.None } only]
            ? only.Pooling
            : throw config.Refuse(named is null && on.Length > 0 ? on[^1].Key : Mode, $"makes the vector of {(on.Length == 0 ? named ?? "nothing" : string.Join(" and ", on.Select(mode => mode.Mode)))}; mean, cls and lasttoken, each alone, can be computed. Choose another model.");
    }

    /// <summary>The pooling module's folder. Other modules that change the vector are refused; that which makes its length 1 does not turn it.</summary>
    private static string Place(string folder)
    {
        string path = Path.Combine(folder, Modules);
        if (!File.Exists(path))
        {
            return Usual;
        }

        string place = Usual;
        foreach (JsonElement module in Parse(path))
        {
            string type = Text(module, "type").Split('.')[^1];
            if (type == "Pooling")
            {
                place = Text(module, "path");
            }
            else if (type is not ("Transformer" or "Normalize"))
            {
                throw new ModelFileException($"{path}: the module {type} changes the text's vector and cannot be computed. Choose another model.");
            }
        }

        return place.Length > 0 && place.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? place
            : throw new ModelFileException($"{path}: path is \"{place}\", no name of a folder beside it. Download the file again.");
    }

    private static string Text(JsonElement module, string key) =>
        module.ValueKind == JsonValueKind.Object && module.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static JsonElement[] Parse(string path)
    {
        const long Largest = 1 << 20;
        try
        {
            if (new FileInfo(path).Length > Largest)
            {
                throw new ModelFileException($"{path} is longer than {Largest} bytes. Download the file again.");
            }

            using JsonDocument document = StrictJson.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(module => module.Clone())]
                : throw new ModelFileException($"{path} is no JSON array. Download the file again.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message} Download the file again.", e);
        }
    }
}
