#nullable enable

using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Exo.Engine.Decoding;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;

namespace Exo.Testing.Published;

/// <summary>A GGUF file of floats written again as its family publishes it: config.json and model.safetensors in a folder of its own, which is deleted at the end.</summary>
internal sealed class PublishedFolder : IDisposable
{
    private readonly ModelFile _source;
    private readonly Dictionary<string, FloatTensor> _tensors = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exo-published-");

    private PublishedFolder(string gguf) => _source = ModelFile.Open(gguf);

    public string Path => _folder.FullName;

    public int Layers => _source.Spec.LayerCount;

    public int Heads => _source.Spec.HeadCount;

    public int KvHeads => _source.Spec.KvHeadCount;

    public int HeadSize => _source.Spec.HeadSize;

    /// <param name="gguf">The file.</param>
    /// <param name="model">How its family publishes it.</param>
    public static PublishedFolder Write(string gguf, PublishedModel model)
    {
        PublishedFolder folder = new(gguf);
        try
        {
            model.Fill(folder);
            folder.Save(model);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public bool Has(string name) => _source.Tensors.Find(name) is not null;

    /// <summary>A tensor of the GGUF file.</summary>
    public unsafe FloatTensor this[string name]
    {
        get
        {
            StoredTensor tensor = _source.Tensors.Require(name);
            int[] shape = [.. tensor.Shape.Select(size => (int)size)];
            float[] data = new float[shape.Aggregate(1, (product, size) => product * size)];
            fixed (float* numbers = data)
            {
                Dequantise.Row(tensor.Type, tensor.Data, data.Length, numbers);
            }

            return new(data, shape);
        }
    }

    public void Put(string name, FloatTensor tensor) => _tensors.Add(name, tensor);

    /// <summary>Tensors that differ by their names alone, weight and bias alike; those that the file lacks are passed over.</summary>
    /// <param name="names">"token_embd" → "model.embed_tokens"</param>
    public void Rename(params (string Gguf, string Published)[] names)
    {
        foreach ((string gguf, string published) in names)
        {
            foreach (string end in new[] { ".weight", ".bias" }.Where(end => Has(gguf + end)))
            {
                Put(published + end, this[gguf + end]);
            }
        }
    }

    /// <summary>The same of every layer.</summary>
    /// <param name="prefix">"model.layers."</param>
    /// <param name="names">"attn_v" → "self_attn.v_proj"</param>
    public void RenameLayers(string prefix, params (string Gguf, string Published)[] names)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            Rename([.. names.Select(name => ($"blk.{layer}.{name.Gguf}", $"{prefix}{layer}.{name.Published}"))]);
        }
    }

    /// <summary>The parts of a stack as tensors of their own.</summary>
    /// <param name="gguf">"blk.0.ffn_up_exps.weight"</param>
    /// <param name="published">"model.layers.0.mlp.experts.{e}.up_proj.weight"</param>
    public void PutExperts(string gguf, string published)
    {
        FloatTensor stack = this[gguf];
        for (int e = 0; e < stack.Shape[0]; e++)
        {
            Put(published.Replace("{e}", $"{e}", StringComparison.Ordinal), stack.Part(e));
        }
    }

    /// <summary>Queries and keys of every layer, from adjacent pairs to halves.</summary>
    /// <param name="prefix">"model.layers."</param>
    public void PutHalfPairs(string prefix)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            Put($"{prefix}{layer}.self_attn.q_proj.weight", this[$"blk.{layer}.attn_q.weight"].HalfPairs(Heads));
            Put($"{prefix}{layer}.self_attn.k_proj.weight", this[$"blk.{layer}.attn_k.weight"].HalfPairs(KvHeads));
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Save(PublishedModel model)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "config.json"), model.Config);
        foreach ((string name, string text) in model.Files)
        {
            string path = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        StoredPart[] parts = [.. _tensors.SelectMany(tensor => model.Packing == PublishedPacking.None ? [StoredPart.Of(tensor.Key, tensor.Value)] : StoredPart.Quantised(tensor.Key, tensor.Value, model.Packing))];
        if (model.Shards == 1)
        {
            Save("model.safetensors", parts);
            return;
        }

        Dictionary<string, string> map = [];
        for (int shard = 0; shard < model.Shards; shard++)
        {
            string name = $"model-{shard + 1:00000}-of-{model.Shards:00000}.safetensors";
            StoredPart[] mine = [.. parts.Where((_, i) => i % model.Shards == shard)];
            Array.ForEach(mine, part => map.Add(part.Name, name));
            Save(name, mine);
        }

        File.WriteAllText(System.IO.Path.Combine(Path, "model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { total_size = parts.Sum(part => part.Bytes.Length) }, weight_map = map }));
    }

    private void Save(string name, StoredPart[] parts)
    {
        long at = 0;
        Dictionary<string, object> head = [];
        foreach (StoredPart part in parts)
        {
            head[part.Name] = new Dictionary<string, object> { ["dtype"] = part.Type, ["shape"] = part.Shape, ["data_offsets"] = new[] { at, at + part.Bytes.Length } };
            at += part.Bytes.Length;
        }

        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(head));
        byte[] length = new byte[sizeof(long)];
        int padding = (8 - (json.Length % 8)) % 8;
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length + padding);
        using FileStream file = File.Create(System.IO.Path.Combine(Path, name));
        file.Write(length);
        file.Write(json);
        file.Write(Encoding.ASCII.GetBytes(string.Empty.PadRight(padding)));
        foreach (StoredPart part in parts)
        {
            file.Write(part.Bytes);
        }
    }
}
