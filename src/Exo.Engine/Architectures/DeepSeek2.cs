using Exo.Engine.Gguf;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// DeepSeek V2, V3 and R1 (arXiv 2405.04434, 2412.19437, 2501.12948): latent attention with YaRN; the first layers are dense, then many small experts, chosen among
/// the best groups, and shared ones: h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class DeepSeek2 : SequentialArchitecture
{
    private const int LargestSize = 1 << 24;

    public override string Name => "deepseek2";

    public override IReadOnlyList<string> FolderTypes => ["deepseek_v2", "deepseek_v3"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.{e}.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.{e}.up_proj",
        ["ffn_down_exps"] = "mlp.experts.{e}.down_proj",
        ["exp_probs_b.bias"] = "mlp.gate.e_score_correction_bias",
        ["ffn_gate_shexp"] = "mlp.shared_experts.gate_proj",
        ["ffn_up_shexp"] = "mlp.shared_experts.up_proj",
        ["ffn_down_shexp"] = "mlp.shared_experts.down_proj",
        ["attn_q_a"] = "self_attn.q_a_proj",
        ["attn_q_a_norm"] = "self_attn.q_a_layernorm",
        ["attn_q_b"] = "self_attn.q_b_proj",
        ["attn_kv_a_mqa"] = "self_attn.kv_a_proj_with_mqa",
        ["attn_kv_a_norm"] = "self_attn.kv_a_layernorm",
        ["attn_kv_b"] = "self_attn.kv_b_proj",
        ["attn_k_b"] = "self_attn.embed_q",
        ["attn_v_b"] = "self_attn.unembed_out",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        int rank = metadata.RequireInt(reader.Key("attention.kv_lora_rank"), 1, LargestSize);
        bool split = tensors.Find("blk.0.attn_k_b.weight") is not null;
        string keys = split ? "attention.key_length_mla" : "attention.key_length";
        int keySize = metadata.RequireInt(reader.Key(keys), 2, LargestSize);
        int valueSize = metadata.RequireInt(reader.Key(split ? "attention.value_length_mla" : "attention.value_length"), 1, LargestSize);
        int turned = metadata.RequireInt(reader.Key("rope.dimension_count"), 2, keySize - 1);
        ModelSpec spec = reader.Read(adjacentPairs: true, experts: true, sizeOfHead: keySize);
        double factor = reader.OptionalFactor("rope.scaling.factor") ?? 1;
        double magnitude = spec.Ropes[0].Magnitude * (1 + ((reader.OptionalFactor("rope.scaling.yarn_log_multiplier") ?? 0) * CanonicalMath.Log(factor)));
        int queryRank = tensors.Find("blk.0.attn_q_a.weight") is null ? 0 : metadata.RequireInt(reader.Key("attention.q_lora_rank"), 1, LargestSize);
        spec = spec with
        {
            SplitLatent = split,
            AttentionScale = (float)(magnitude * magnitude / Math.Sqrt(keySize)),
            Latent = new LatentSpec(queryRank, rank, keySize - turned, turned, valueSize),
            Temperature = reader.OptionalFactor("attention.temperature_scale") is { } growth
                ? new AttentionTemperature(growth, metadata.RequireInt(reader.Key("attention.temperature_length"), 1, int.MaxValue), Offset: 0)
                : null,
        };
        if (reader.Experts(spec) is not { } experts)
        {
            return spec;
        }

        int groups = metadata.GetInt(reader.Key("expert_group_count"), 1, experts.Count) ?? 1;
        int looked = metadata.GetInt(reader.Key("expert_group_used_count"), 1, groups) ?? 1;
        if (experts.Used > experts.Count / groups * looked)
        {
            throw metadata.Refuse(reader.Key("expert_used_count"), $"is {experts.Used}, more than the {experts.Count / groups * looked} experts of expert_group_used_count groups. Convert the model again.");
        }

        return spec with
        {
            Experts = experts with
            {
                SharedSize = reader.SharedExperts(experts),
                Scoring = (metadata.GetInt(reader.Key("expert_gating_func"), 1, 2) ?? 1) == 2 ? ExpertScoring.Sigmoid : ExpertScoring.Softmax,
                Renormalise = metadata.GetBool(reader.Key("expert_weights_norm")) ?? false,
                Groups = experts.Count % groups == 0 ? groups : throw metadata.Refuse(reader.Key("expert_group_count"), $"is {groups}, which does not divide {experts.Count} experts. Convert the model again."),
                GroupsUsed = looked,

                // Files of both generations alike, as other readers of them count.
                GroupsByTwo = true,
            },
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        if (config.Text("model_type") == "deepseek_v3")
        {
            config = config.WithDefaults("""{ "scoring_func": "sigmoid", "norm_topk_prob": true }""");
        }

        if (config.Int("moe_layer_freq", 1, int.MaxValue) is > 1 and int interval)
        {
            throw config.Refuse("moe_layer_freq", $"is {interval}; models with experts on every layer behind the first dense ones can be computed. Choose another model.");
        }

        int unturned = config.RequireInt("qk_nope_head_dim", 1, LargestSize);
        int turned = config.RequireInt("qk_rope_head_dim", 2, LargestSize);
        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true, sizeOfHead: unturned + turned, turned: turned);
        FolderConfig? scaling = FolderSpecReader.Scaling(config);
        double factor = scaling?.Positive("factor") ?? 1;
        double all = RopeFrequencies.YarnMagnitude(factor, scaling?.Positive("mscale_all_dim") ?? 0);
        RopeSpec rope = spec.Ropes[0];
        spec = spec with
        {
            SplitLatent = tensors.Find("blk.0.attn_k_b.weight") is not null,
            Ropes = [new RopeSpec(rope.Frequencies, scaling is null ? 1 : RopeFrequencies.YarnMagnitude(factor, scaling.Positive("mscale") ?? 1) / all, AdjacentPairs: config.Flag("rope_interleave") ?? true)],
            AttentionScale = (float)(all * all / Math.Sqrt(unturned + turned)),
            Latent = new LatentSpec(config.Int("q_lora_rank", 1, LargestSize) ?? 0, config.RequireInt("kv_lora_rank", 1, LargestSize), unturned, turned, config.RequireInt("v_head_dim", 1, LargestSize)),
        };
        if (reader.Experts("n_routed_experts", config.Int("moe_intermediate_size", 1, LargestSize) ?? spec.FeedForwardSize) is not { } experts)
        {
            return spec;
        }

        int groups = config.Text("topk_method") == "greedy" ? 1 : config.Int("n_group", 1, experts.Count) ?? 1;
        bool logistic = config.Text("scoring_func") == "sigmoid";
        int looked = groups == 1 ? 1 : config.Int("topk_group", 1, groups) ?? 1;
        if (experts.Used > experts.Count / groups * looked)
        {
            throw config.Refuse("num_experts_per_tok", $"is {experts.Used}, more than the {experts.Count / groups * looked} experts of topk_group groups. Download the model again.");
        }

        return spec with
        {
            Experts = experts with
            {
                LeadingDense = config.Int("first_k_dense_replace", 0, spec.LayerCount) ?? 0,
                SharedSize = experts.Size * (config.Int("n_shared_experts", 0, experts.Count) ?? 0),
                Scoring = logistic ? ExpertScoring.Sigmoid : ExpertScoring.Softmax,
                Renormalise = config.Flag("norm_topk_prob") ?? false,
                Scale = (float)(config.Positive("routed_scaling_factor") ?? 1),
                Groups = experts.Count % groups == 0 ? groups : throw config.Refuse("n_group", $"is {groups}, which does not divide {experts.Count} experts. Download the model again."),
                GroupsUsed = looked,
                GroupsByTwo = logistic,
            },
        };
    }

    protected override IEnumerable<TensorNeed> AttentionNeeds(ModelSpec spec, int layer) => LatentAttention.Needs(spec, layer + 1, Prefix(layer));

    protected override Attention LoadAttention(ModelSpec spec, WeightLoader weights, int layer) => new LatentAttention(spec, weights, Prefix(layer));
}
