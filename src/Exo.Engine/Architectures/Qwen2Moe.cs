using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 1.5 and 2 with experts (arXiv 2407.10671): Qwen 2's layer; softmax over all experts, weights as they are; a shared expert behind a logistic gate:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class Qwen2Moe : SequentialArchitecture
{
    public override string Name => "qwen2moe";

    public override IReadOnlyList<string> FolderTypes => ["qwen2_moe"];

    public override IReadOnlyDictionary<string, string> FolderNames => ExpertNames;

    /// <summary>What folders of the family call experts.</summary>
    public static IReadOnlyDictionary<string, string> ExpertNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.{e}.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.{e}.up_proj",
        ["ffn_down_exps"] = "mlp.experts.{e}.down_proj",
        ["ffn_gate_inp_shexp"] = "mlp.shared_expert_gate",
        ["ffn_gate_shexp"] = "mlp.shared_expert.gate_proj",
        ["ffn_up_shexp"] = "mlp.shared_expert.up_proj",
        ["ffn_down_shexp"] = "mlp.shared_expert.down_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: false, experts: true);
        ExpertSpec experts = reader.Experts(spec, divided: true) ?? throw metadata.Missing(reader.Key("expert_count"));
        return spec with { Experts = experts with { SharedSize = metadata.GetInt(reader.Key("expert_shared_feed_forward_length"), 0, 1 << 24) is int shared and > 0 ? shared : spec.FeedForwardSize, SharedGate = true } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config, tensors, Name);
        reader.RequireFlag("use_sliding_window", computed: false);
        return WithExperts(config, reader, reader.Read(), shared: true);
    }

    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors) => Expert(name, tensors);

    /// <summary>The spec with the experts of the family's config.json.</summary>
    public static ModelSpec WithExperts(FolderConfig config, FolderSpecReader reader, ModelSpec spec, bool shared)
    {
        if (config.Numbers("mlp_only_layers") is { Count: > 0 })
        {
            throw config.Refuse("mlp_only_layers", "names layers without experts, which cannot be computed with this architecture. Choose another model.");
        }

        ExpertSpec experts = reader.Experts("num_experts", config.RequireInt("moe_intermediate_size", 1, 1 << 24)) ?? throw config.Missing("num_experts");
        return spec with
        {
            Experts = experts with
            {
                Renormalise = config.Flag("norm_topk_prob") ?? false,
                Interval = config.Int("decoder_sparse_step", 1, spec.LayerCount) ?? 1,
                SharedSize = shared ? config.RequireInt("shared_expert_intermediate_size", 1, 1 << 24) : 0,
                SharedGate = shared,
            },
        };
    }

    /// <summary>A tensor of the family's folders, which may hold the experts of a layer as two, gate above up.</summary>
    public static StoredTensor? Expert(string name, ModelTensors tensors)
    {
        string stored = tensors.NameInFile(name);
        int stack = stored.IndexOf("switch_mlp.", StringComparison.Ordinal);
        if (tensors.Stored(stored) is { } tensor)
        {
            return name.EndsWith(".ffn_gate_inp_shexp.weight", StringComparison.Ordinal) && tensor.Shape is [1, _] ? tensor with { Shape = [tensor.Shape[1]] } : tensor;
        }

        if (stack < 0 || !name.EndsWith(".weight", StringComparison.Ordinal))
        {
            return null;
        }

        string experts = stored[..stack] + "experts.";
        if (name.Contains(".ffn_down_exps.", StringComparison.Ordinal))
        {
            return tensors.Stored(experts + "down_proj");
        }

        return tensors.Stored(experts + "gate_up_proj") is { Shape.Length: 3 } both
            ? tensors.Rows(both, both.Shape[1], (name.Contains(".ffn_gate_exps.", StringComparison.Ordinal) ? 0 : both.Shape[1] / 2, both.Shape[1] / 2))
            : null;
    }
}
