using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// InternLM 2 (arXiv 2403.17297): Llama's layer; folders hold queries, keys and values in one matrix, by key-value head:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class InternLm2 : SequentialArchitecture
{
    public override string Name => "internlm2";

    public override IReadOnlyList<string> FolderTypes => ["internlm2"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["token_embd"] = "model.tok_embeddings",
        ["output"] = "output",
        ["attn_norm"] = "attention_norm",
        ["attn_qkv"] = "attention.wqkv",
        ["attn_output"] = "attention.wo",
        ["ffn_norm"] = "ffn_norm",
        ["ffn_gate"] = "feed_forward.w1",
        ["ffn_up"] = "feed_forward.w3",
        ["ffn_down"] = "feed_forward.w2",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: true);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        new FolderSpecReader(config, tensors, Name).Read();

    /// <summary>Queries, keys and values are one matrix: for each key-value head its queries, its key and its value.</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        string part = name.Split('.') is ["blk", _, "attn_q" or "attn_k" or "attn_v", _] parts ? parts[2] : "";
        if (part.Length == 0 || tensors.Stored(tensors.NameInFile(name.Replace(part, "attn_qkv", StringComparison.Ordinal))) is not { } fused)
        {
            return base.InFolder(name, config, tensors);
        }

        int heads = config.RequireInt("num_attention_heads", 1, 4096);
        int kvHeads = config.Int("num_key_value_heads", 1, heads) ?? heads;
        long size = config.RequireInt("hidden_size", heads, 1 << 24) / heads;
        long queries = heads / kvHeads * size;
        long group = queries + (2 * size);
        (long first, long count) = part switch
        {
            "attn_q" => (0L, queries),
            "attn_k" => (queries, size),
            _ => (queries + size, size),
        };
        return tensors.Rows(fused, kvHeads * group, [.. Enumerable.Range(0, kvHeads).Select(head => ((head * group) + first, count))]);
    }
}
