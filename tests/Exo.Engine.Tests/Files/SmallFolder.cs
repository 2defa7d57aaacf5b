using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Exo.Engine.Tests.Files;

/// <summary>A folder in the Hugging Face form that a test writes.</summary>
internal sealed class SmallFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("exo-folder-").FullName;

    /// <summary>A folder with config.json and, where there are tensors, model.safetensors.</summary>
    public static SmallFolder Write(string config, params Entry[] tensors)
    {
        SmallFolder folder = new();
        File.WriteAllText(folder.FileOf("config.json"), config);
        if (tensors.Length > 0)
        {
            folder.Shard("model.safetensors", tensors);
        }

        return folder;
    }

    /// <summary>All tensors of a folder's safetensors files.</summary>
    public static Entry[] Read(string folder)
    {
        List<Entry> found = [];
        foreach (string path in Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal))
        {
            byte[] file = File.ReadAllBytes(path);
            int data = sizeof(long) + checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
            using JsonDocument header = JsonDocument.Parse(file.AsMemory(sizeof(long), data - sizeof(long)));
            foreach (JsonProperty tensor in header.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__"))
            {
                int[] place = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
                found.Add(new Entry(tensor.Name, tensor.Value.GetProperty("dtype").GetString()!, [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())], file[(data + place[0])..(data + place[1])]));
            }
        }

        return [.. found];
    }

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public void Shard(string name, params IEnumerable<Entry> tensors)
    {
        JsonObject header = [];
        List<byte> data = [];
        foreach (Entry tensor in tensors)
        {
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(data.Count, data.Count + tensor.Data.Length),
            };
            data.AddRange(tensor.Data);
        }

        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        File.WriteAllBytes(FileOf(name), [.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>A tensor as safetensors files store it.</summary>
    internal sealed record Entry(string Name, string Type, long[] Shape, byte[] Data)
    {
        public static Entry Of(string name, long[] shape, params int[] values) => new(name, "I32", shape, [.. values.SelectMany(BitConverter.GetBytes)]);

        public static Entry Of(string name, long[] shape, params float[] values) => new(name, "F32", shape, [.. values.SelectMany(BitConverter.GetBytes)]);
    }
}
