using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3 Next (arXiv 2412.06464 and the model's card): Qwen 3.5's layers, in which neighbouring heads of the delta rule share a key head, with
/// experts: softmax over all, the chosen weights made to sum to 1, and a shared one behind a logistic gate.
/// </summary>
internal sealed class Qwen3Next : Qwen35
{
    public override string Name => "qwen3next";

    public override IReadOnlyList<string> FolderTypes => ["qwen3_next"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>(Qwen2Moe.ExpertNames)
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["attn_qkv"] = "linear_attn.in_proj_qkvz",
        ["attn_gate"] = "linear_attn.in_proj_qkvz",
        ["ssm_conv1d"] = "linear_attn.conv1d",
        ["ssm_ba"] = "linear_attn.in_proj_ba",
        ["ssm_dt.bias"] = "linear_attn.dt_bias",
        ["ssm_a"] = "linear_attn.A_log",
        ["ssm_norm"] = "linear_attn.norm",
        ["ssm_out"] = "linear_attn.out_proj",
    };

    protected override bool Grouped => true;

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = base.Read(metadata, tensors);
        ExpertSpec experts = reader.Experts(spec, divided: true) ?? throw metadata.Missing(reader.Key("expert_count"));
        int shared = metadata.GetInt(reader.Key("expert_shared_feed_forward_length"), 0, 1 << 24) is int size and > 0 ? size : spec.FeedForwardSize;
        return spec with { Experts = experts with { Renormalise = true, SharedSize = shared, SharedGate = true } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config.WithDefaults("""{"partial_rotary_factor": 0.25, "head_dim": 256}"""), tensors, Name);
        return Qwen2Moe.WithExperts(config, reader, WithStates(config, tensors, reader.Read()), shared: true);
    }

    /// <summary>Folders hold queries, keys, values and gates as one matrix, by key head.</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        if (Qwen2Moe.Expert(name, tensors) is not { } stored)
        {
            return null;
        }

        bool gate = name.EndsWith(".attn_gate.weight", StringComparison.Ordinal);
        if (!gate && !name.EndsWith(".attn_qkv.weight", StringComparison.Ordinal))
        {
            return ShortConvolution.InFolder(name, stored);
        }

        int groups = config.RequireInt("linear_num_key_heads", 1, 4096);
        long key = config.RequireInt("linear_key_head_dim", 1, 4096);
        long value = config.RequireInt("linear_num_value_heads", 1, 4096) / groups * (long)config.RequireInt("linear_value_head_dim", 1, 4096);
        long group = 2 * (key + value);
        IEnumerable<long> starts = Enumerable.Range(0, groups).Select(head => head * group);
        return tensors.Rows(
            stored,
            groups * group,
            gate ? [.. starts.Select(at => (at + (2 * key) + value, value))]
                : [.. starts.Select(at => (at, key)), .. starts.Select(at => (at + key, key)), .. starts.Select(at => (at + (2 * key), value))]);
    }
}
