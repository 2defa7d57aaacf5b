using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Nomic Embed (arXiv 2402.01613): BERT with rotation in place of learned positions, queries, keys and values in one matrix, a SiLU gate and no biases.
/// </summary>
internal sealed class NomicBert : ModelArchitecture
{
    public override string Name => "nomic-bert";

    public override IReadOnlyList<string> FolderTypes => ["nomic_bert"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["blk"] = "encoder.layers",
        ["token_embd"] = "embeddings.word_embeddings",
        ["token_types"] = "embeddings.token_type_embeddings",
        ["token_embd_norm"] = "emb_ln",
        ["attn_qkv"] = "attn.Wqkv",
        ["attn_output"] = "attn.out_proj",
        ["attn_output_norm"] = "norm1",
        ["ffn_gate"] = "mlp.fc12",
        ["ffn_up"] = "mlp.fc11",
        ["ffn_down"] = "mlp.fc2",
        ["layer_output_norm"] = "norm2",
    };

    public override IReadOnlyList<string> FolderLeftOvers => ["pooler.", "cls.", "classifier."];

    private static readonly Dictionary<string, string> s_keys = new()
    {
        ["num_hidden_layers"] = "n_layer",
        ["hidden_size"] = "n_embd",
        ["num_attention_heads"] = "n_head",
        ["max_position_embeddings"] = "n_positions",
        ["intermediate_size"] = "n_inner",
        ["hidden_act"] = "activation_function",
        ["layer_norm_eps"] = "layer_norm_epsilon",
        ["rope_theta"] = "rotary_emb_base",
        ["partial_rotary_factor"] = "rotary_emb_fraction",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.AsEncoder(reader.Read(adjacentPairs: false, NormKind.Layer)) with { OneMatrix = tensors.Find("blk.0.attn_qkv.weight") is not null };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        const string Experts = "moe_every_n_layers";
        const string Stretch = "rotary_emb_scale_base";
        config = config.Named(s_keys).WithDefaults("""{"layer_norm_eps": 1e-12, "max_trained_positions": 2048, "rope_theta": 1000, "type_vocab_size": 2}""");
        FolderSpecReader reader = new(config, tensors, Name);
        foreach (string key in new[] { "prenorm", "causal", "parallel_block", "use_rms_norm", "rotary_emb_interleaved" })
        {
            reader.RequireFlag(key, computed: false);
        }

        if (config.Int(Experts, 0, int.MaxValue) is > 0 || config.Contains(Stretch))
        {
            throw config.Refuse(config.Contains(Stretch) ? Stretch : Experts, "is set, which cannot be computed with this architecture yet. Choose another model.");
        }

        ModelSpec spec = FolderSpecReader.AsEncoder(reader.Read(activation: "swiglu", adjacentPairs: false, norm: NormKind.Layer), config, tensors);

        // More positions than those of training are reached by a scaling that begins beyond them.
        return spec with { OneMatrix = true, ContextLength = Math.Min(spec.ContextLength, config.RequireInt("max_trained_positions", 1, int.MaxValue)) };
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: spec.OneMatrix),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_output_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "layer_output_norm"),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) => new PostNormLayer(
        spec,
        new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = spec.OneMatrix }),
        new GatedFeedForward(spec, weights, Prefix(layer)),
        new BlockNorm(spec, weights, Prefix(layer) + "attn_output_norm"),
        new BlockNorm(spec, weights, Prefix(layer) + "layer_output_norm"));
}
