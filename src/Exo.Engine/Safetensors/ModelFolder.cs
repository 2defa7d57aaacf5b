using System.Globalization;
using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Engine.Safetensors;

/// <summary>
/// A folder in the Hugging Face form: config.json and model.safetensors, or shards that model.safetensors.index.json names.
/// Only files directly in the folder are read, whatever the index says.
/// </summary>
internal sealed class ModelFolder : IDisposable
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const string Numbered = "model-?????-of-?????.safetensors";

    private readonly List<SafetensorsFile> _shards = [];
    private readonly Dictionary<string, SafetensorsTensor> _tensors = [];

    public ModelFolder(string path)
    {
        Path = path;
        Config = new FolderConfig(JsonFile.Read(Of("config.json")));
        try
        {
            OpenShards();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public FolderConfig Config { get; }

    public IReadOnlyList<SafetensorsFile> Shards => _shards;

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    public List<string> Warnings { get; } = [];

    public void Dispose()
    {
        foreach (SafetensorsFile shard in _shards)
        {
            shard.Dispose();
        }

        _shards.Clear();
    }

    private void OpenShards()
    {
        if (File.Exists(Of(Index)))
        {
            OpenIndexed(JsonFile.Read(Of(Index)));
        }
        else if (File.Exists(Of(Single)))
        {
            Add(Single);
        }
        else if (Directory.EnumerateFiles(Path, Numbered).Any())
        {
            OpenNumbered();
        }
        else
        {
            string pickle = File.Exists(Of("pytorch_model.bin")) ? " It has pytorch_model.bin, which can run code when it is read: convert it to safetensors." : "";
            throw new ModelFileException($"{Path}: the folder has neither {Single} nor {Index}.{pickle} Download the safetensors files of the model.");
        }
    }

    /// <summary>Shards tell by their names how many there are, so that no index is needed.</summary>
    private void OpenNumbered()
    {
        string[] found = [.. Directory.EnumerateFiles(Path, Numbered).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        string ending = found[0]["model-00001".Length..];
        int count = int.TryParse(ending["-of-".Length..^".safetensors".Length], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        for (int i = 1; i <= count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"model-{i:00000}{ending}");
            if (!found.Contains(name))
            {
                throw new ModelFileException($"{Of(name)} does not exist: the folder has no {Index}, and {found.Length} of {count} files by name. Download the missing ones.");
            }

            Add(name);
        }

        if (found.Length != count)
        {
            throw new ModelFileException($"{Path}: the folder has no {Index} and files of more than one model, {found[0]} and {found[^1]} among them. Download the index.");
        }
    }

    private void OpenIndexed(JsonFile index)
    {
        if (!index.Root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw index.Refuse("weight_map", "is missing or no object. Download the file again.");
        }

        Dictionary<string, string> places = [];
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                throw index.Refuse($"weight_map, {entry.Name}", "does not name a file. Download the file again.");
            }

            places[entry.Name] = entry.Value.GetString()!;
        }

        foreach (string name in places.Values.Distinct(StringComparer.Ordinal))
        {
            RequirePlainName(index, name, places.First(place => place.Value == name).Key);
            Add(name);
        }

        foreach ((string tensor, string file) in places)
        {
            if (!_shards.Any(shard => System.IO.Path.GetFileName(shard.Path) == file && shard.Tensors.ContainsKey(tensor)))
            {
                throw index.Refuse($"weight_map, {tensor}", $"names {file}, which does not hold that tensor. Download the model again.");
            }
        }

        foreach (string stray in _tensors.Keys.Where(tensor => !places.ContainsKey(tensor)))
        {
            throw index.Refuse("weight_map", $"lacks the tensor {stray}, which a shard holds. Download the file again.");
        }

        CheckTotal(index);
    }

    private void CheckTotal(JsonFile index)
    {
        if (index.Root.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("total_size", out JsonElement total) && total.ValueKind == JsonValueKind.Number && total.TryGetInt64(out long expected))
        {
            long actual = _tensors.Values.Sum(tensor => tensor.End - tensor.Begin);
            if (expected != actual)
            {
                Warnings.Add($"{Index}: total_size is {expected}, and the tensors have {actual} bytes.");
            }
        }
    }

    /// <summary>An index must not lead out of the folder, nor to other kinds of files.</summary>
    private static void RequirePlainName(JsonFile index, string name, string tensor)
    {
        bool plain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && name.EndsWith(".safetensors", StringComparison.Ordinal) && name[0] != '.';
        if (!plain)
        {
            throw index.Refuse($"weight_map, {tensor}", $"names \"{name}\", a path or name that cannot be a shard: only .safetensors files in the folder itself are read. Download the model again.");
        }
    }

    private void Add(string name)
    {
        SafetensorsFile shard = SafetensorsFile.Open(Of(name));
        _shards.Add(shard);
        Warnings.AddRange(shard.Warnings);
        foreach (SafetensorsTensor tensor in shard.Tensors.Values)
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
            {
                throw new ModelFileException($"{shard.Path}: tensor {tensor.Name} is in another shard too. Download the model again.");
            }
        }
    }

    private string Of(string name) => System.IO.Path.Combine(Path, name);
}
