using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;

namespace Exo.Engine.Files;

/// <summary>The tensors of a GGUF model under their own names, wherever its converter put them.</summary>
internal sealed class GgufTensors(GgufParts file) : ModelTensors
{
    private const string Experts = "_exps";

    public override string Path => file.Path;

    public override IEnumerable<string> Names => file.Tensors.Keys;

    public override StoredTensor? Find(string name) => Stored(NameInFile(name)) switch
    {
        // Rewriting a file drops slowest dimensions of 1.
        { Shape: [long size] } row when name == "token_types.weight" => row with { Shape = [1, size] },
        { } stored => stored,
        null => Within(name),
    };

    public override StoredTensor? Stored(string nameInFile) => file.Tensors.GetValueOrDefault(nameInFile);

    /// <summary>Files of the first months of Mixtral hold each expert as a tensor of its own: "blk.0.ffn_gate_exps.3.weight" → "blk.0.ffn_gate.3.weight".</summary>
    public override string NameInFile(string name) =>
        name.Split('.') is [string block, string layer, string part, string expert, string kind] && part.EndsWith(Experts, StringComparison.Ordinal)
            ? $"{block}.{layer}.{part[..^Experts.Length]}.{expert}.{kind}"
            : name;

    /// <summary>Converters can be told to put queries, keys and values into one tensor, and gate and up projection of experts; null: the file holds no such tensor.</summary>
    private StoredTensor? Within(string name)
    {
        if (name.Split('.') is not ["blk", string layer, string part, string kind])
        {
            return null;
        }

        if (part is "ffn_gate_exps" or "ffn_up_exps")
        {
            return Stored($"blk.{layer}.ffn_gate_up_exps.{kind}") is { Shape: [_, long both, _] } gateUp && both % 2 == 0
                ? Rows(gateUp, both, (part == "ffn_gate_exps" ? 0 : both / 2, both / 2))
                : null;
        }

        // Layers that carry a state mean something else by that name.
        if (part is not ("attn_q" or "attn_k" or "attn_v") || Stored($"blk.{layer}.ssm_conv1d.weight") is not null || Stored($"blk.{layer}.attn_qkv.{kind}") is not { Shape: [long rows, ..] } fused || KeyRows() is not { } keys || rows <= 2 * keys)
        {
            return null;
        }

        return Rows(fused, rows, part switch
        {
            "attn_q" => (0, rows - (2 * keys)),
            "attn_k" => (rows - (2 * keys), keys),
            _ => (rows - keys, keys),
        });
    }

    /// <summary>The rows of a layer's keys, which are those of its values; null when the metadata does not tell.</summary>
    private long? KeyRows()
    {
        string architecture = file.Metadata.GetString("general.architecture") ?? "";
        long? heads = Number("attention.head_count");
        long? size = Number("attention.key_length") ?? (Number("embedding_length") is { } embedding && heads > 0 ? embedding / heads : null);
        return (Number("attention.head_count_kv") ?? heads) * size is { } rows and > 0 ? rows : null;

        long? Number(string key) => file.Metadata.IsArray($"{architecture}.{key}")
            ? file.Metadata.GetIntegers($"{architecture}.{key}") is [long first, ..] ? first : null
            : file.Metadata.GetInteger($"{architecture}.{key}");
    }
}
