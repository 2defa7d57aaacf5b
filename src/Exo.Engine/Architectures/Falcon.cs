using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Falcon (arXiv 2311.16867): attention and feed-forward side by side; the 7B model has one norm for both, the 40B one for each; queries, keys and values in
/// one matrix: h += attention(norm(h)) + feedForward(norm(h)). GELU is computed by its definition from folders, as the model was trained, and in its tanh form
/// from GGUF files, as other readers of these compute it.
/// </summary>
internal sealed class Falcon : ModelArchitecture
{
    public override string Name => "falcon";

    public override IReadOnlyList<string> FolderTypes => ["falcon", "RefinedWebModel", "RefinedWeb"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["blk"] = "transformer.h",
        ["token_embd"] = "transformer.word_embeddings",
        ["output_norm"] = "transformer.ln_f",
        ["attn_norm_2"] = "ln_attn",
        ["attn_qkv"] = "self_attention.query_key_value",
        ["attn_output"] = "self_attention.dense",
        ["ffn_up"] = "mlp.dense_h_to_4h",
        ["ffn_down"] = "mlp.dense_4h_to_h",
    };

    private static readonly Dictionary<string, string> s_keys = new()
    {
        ["num_hidden_layers"] = "n_layer",
        ["num_attention_heads"] = "n_head",
        ["num_kv_heads"] = "n_head_kv",
        ["intermediate_size"] = "ffn_hidden_size",
        ["hidden_act"] = "activation",
        ["layer_norm_eps"] = "layer_norm_epsilon",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false, NormKind.Layer) with { OwnAttentionNorms = tensors.Find("blk.0.attn_norm_2.weight") is not null };

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderConfig named = config.Named(s_keys);
        FolderSpecReader reader = new(named.WithDefaults($$"""{"intermediate_size": {{4L * named.RequireInt("hidden_size", 1, 1 << 24)}}}"""), tensors, Name);
        reader.RequireFlag("alibi", computed: false);
        reader.RequireFlag("parallel_attn", computed: true);
        return reader.Read(tied: true, "gelu", norm: NormKind.Layer, keyValueHeads: KeyHeads(named)) with { OwnAttentionNorms = tensors.Find("blk.0.attn_norm_2.weight") is not null, ExactGelu = true };
    }

    /// <summary>Folders hold queries, keys and values by key-value head: its queries, its key, its value. The norm of both halves has two names.</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        string inFile = tensors.NameInFile(name);
        StoredTensor? stored = tensors.Stored(inFile) ?? tensors.Stored(inFile.Replace(".input_layernorm.", ".ln_mlp.", StringComparison.Ordinal));
        if (stored is null || !name.Contains(".attn_qkv.", StringComparison.Ordinal))
        {
            return stored;
        }

        FolderConfig named = config.Named(s_keys);
        int heads = named.RequireInt("num_attention_heads", 1, 4096);
        int keyHeads = KeyHeads(named);
        long size = named.RequireInt("hidden_size", heads, 1 << 24) / heads;
        long queries = heads / keyHeads * size;
        long group = queries + (2 * size);
        IEnumerable<long> groups = Enumerable.Range(0, keyHeads).Select(head => head * group);
        return tensors.Rows(stored, keyHeads * group, [.. groups.Select(at => (at, queries)), .. groups.Select(at => (at + queries, size)), .. groups.Select(at => (at + queries + size, size))]);
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. spec.OwnAttentionNorms ? BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm_2") : [],
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: true),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new ParallelLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = true }), new PlainFeedForward(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"))
        {
            OwnAttentionNorm = spec.OwnAttentionNorms ? new BlockNorm(spec, weights, Prefix(layer) + "attn_norm_2") : null,
        };

    private static int KeyHeads(FolderConfig config)
    {
        int heads = config.RequireInt("num_attention_heads", 1, 4096);
        bool newer = config.Flag("new_decoder_architecture") ?? config.Text("model_type") == "RefinedWeb";
        int keyHeads = newer ? config.Int("num_kv_heads", 1, heads) ?? heads : config.Flag("multi_query") ?? true ? 1 : heads;
        return heads % keyHeads == 0 ? keyHeads : throw config.Refuse("num_kv_heads", $"is {keyHeads}, which does not divide num_attention_heads ({heads}). Download the model again.");
    }
}
