using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3 with experts (arXiv 2505.09388): Qwen 3's layer; softmax over all experts, the chosen weights made to sum to 1:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class Qwen3Moe : ModelArchitecture
{
    public override string Name => "qwen3moe";

    public override IReadOnlyList<string> FolderTypes => ["qwen3_moe"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.{e}.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.{e}.up_proj",
        ["ffn_down_exps"] = "mlp.experts.{e}.down_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: false, experts: true);
        return spec with { Experts = reader.Experts(spec) is { } experts ? experts with { Renormalise = true } : throw metadata.Missing(reader.Key("expert_count")) };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = reader.Read();
        if (config.Int("decoder_sparse_step", 1, int.MaxValue) is > 1 || config.Numbers("mlp_only_layers") is { Count: > 0 })
        {
            throw config.Refuse("mlp_only_layers", "names layers without experts, which cannot be computed with this architecture. Choose another model.");
        }

        ExpertSpec experts = reader.Experts("num_experts", config.RequireInt("moe_intermediate_size", 1, 1 << 24)) ?? throw config.Missing("num_experts");
        return spec with { Experts = experts with { Renormalise = config.Flag("norm_topk_prob") ?? false } };
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), QueryKeyNorms.Heads),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. FeedForwardNeeds(spec, layer),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Norms = QueryKeyNorms.Heads }), LoadFeedForward(spec, weights, layer))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
