using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// DeepSeek MoE, V1 (arXiv 2401.06066): Llama's layer; the first layers are dense, then softmax over many small experts, weights as they are, and shared ones:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class DeepSeek : SequentialArchitecture
{
    public override string Name => "deepseek";

    public override IReadOnlyList<string> FolderTypes => ["deepseek"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.{e}.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.{e}.up_proj",
        ["ffn_down_exps"] = "mlp.experts.{e}.down_proj",
        ["ffn_gate_shexp"] = "mlp.shared_experts.gate_proj",
        ["ffn_up_shexp"] = "mlp.shared_experts.up_proj",
        ["ffn_down_shexp"] = "mlp.shared_experts.down_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true, experts: true);
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        return spec with { Experts = experts with { SharedSize = reader.SharedExperts(experts) } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        if (config.Text("scoring_func") is { } scoring && scoring != "softmax")
        {
            throw config.Refuse("scoring_func", $"is \"{scoring}\"; this architecture computes with softmax. Choose another model.");
        }

        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = reader.Read();
        ExpertSpec experts = reader.Experts("n_routed_experts", config.RequireInt("moe_intermediate_size", 1, 1 << 24)) ?? throw config.Missing("n_routed_experts");
        if (config.Int("moe_layer_freq", 1, int.MaxValue) is > 1 and int interval)
        {
            throw config.Refuse("moe_layer_freq", $"is {interval}; models with experts on every layer behind the first dense ones can be computed. Choose another model.");
        }

        return spec with
        {
            Experts = experts with
            {
                LeadingDense = config.Int("first_k_dense_replace", 0, spec.LayerCount) ?? 0,
                SharedSize = experts.Size * (config.Int("n_shared_experts", 0, experts.Count) ?? 0),
                Renormalise = config.Flag("norm_topk_prob") ?? false,
            },
        };
    }
}
