using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3.5: three layers of the gated delta rule (arXiv 2412.06464), then one of attention whose output is gated; queries and keys normed by head, partly turned:
/// h += mixer(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal class Qwen35 : SequentialArchitecture
{
    public override string Name => "qwen35";

    public override IReadOnlyList<string> FolderTypes => ["qwen3_5_text"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["attn_qkv"] = "linear_attn.in_proj_qkv",
        ["attn_gate"] = "linear_attn.in_proj_z",
        ["ssm_conv1d"] = "linear_attn.conv1d",
        ["ssm_ba"] = "linear_attn.in_proj_ba",
        ["ssm_beta"] = "linear_attn.in_proj_b",
        ["ssm_alpha"] = "linear_attn.in_proj_a",
        ["ssm_dt.bias"] = "linear_attn.dt_bias",
        ["ssm_a"] = "linear_attn.A_log",
        ["ssm_norm"] = "linear_attn.norm",
        ["ssm_out"] = "linear_attn.out_proj",
    };

    public override IReadOnlyList<string> FolderLeftOvers => ["mtp."];

    /// <summary>Whether files hold the two gates of the delta rule as one matrix and neighbouring heads share a key head in them; and experts.</summary>
    protected virtual bool Grouped => false;

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: false, experts: Grouped);
        int interval = metadata.GetInt(reader.Key("full_attention_interval"), 1, int.MaxValue) ?? 4;
        bool[] recurrent = reader.Flags("attention.recurrent_layers", spec) ?? [.. Enumerable.Range(1, spec.LayerCount).Select(layer => layer % interval != 0)];
        return spec with { Recurrent = reader.Recurrent(grouped: true) with { NeighboursShare = Grouped, OneGateMatrix = Grouped, Layers = [.. recurrent] } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config.WithDefaults("""{"partial_rotary_factor": 0.25, "head_dim": 256}"""), tensors, Name);
        reader.RequireFlag("attn_output_gate", computed: true);
        return WithStates(config, tensors, reader.Read());
    }

    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors) =>
        base.InFolder(name, config, tensors) is { } stored ? ShortConvolution.InFolder(name, stored) : null;

    /// <summary>The layers of the delta rule. Where MLX saved the folder, norms hold their weights, otherwise what these exceed 1 by; the convolution's shape tells.</summary>
    protected ModelSpec WithStates(FolderConfig config, ModelTensors tensors, ModelSpec spec)
    {
        const string Layers = "layer_types";
        int heads = config.RequireInt("linear_num_value_heads", 1, 4096);
        int keyHeads = config.RequireInt("linear_num_key_heads", 1, 4096);
        if (heads % keyHeads != 0)
        {
            throw config.Refuse("linear_num_key_heads", $"is {keyHeads}, which does not divide linear_num_value_heads ({heads}). Download the model again.");
        }

        int interval = config.Int("full_attention_interval", 1, int.MaxValue) ?? 4;
        bool[] recurrent = config.Texts(Layers) is not { } types ? [.. Enumerable.Range(1, spec.LayerCount).Select(layer => layer % interval != 0)]
            : types.Count == spec.LayerCount ? [.. types.Select(type => type == "linear_attention" || (type == "full_attention" ? false : throw config.Refuse(Layers, $"names \"{type}\"; linear_attention and full_attention can be computed. Choose another model.")))]
            : throw config.Refuse(Layers, $"has {types.Count} entries for {spec.LayerCount} layers. Download the model again.");
        int first = Array.IndexOf(recurrent, true);
        bool shifted = first >= 0 && tensors.Stored(tensors.NameInFile($"blk.{first}.ssm_conv1d.weight")) is { Shape: [_, > 1, 1] };
        return spec with
        {
            NormOffset = shifted ? 0 : 1,
            Recurrent = new RecurrentSpec
            {
                Kernel = config.RequireInt("linear_conv_kernel_dim", 2, 64),
                InnerSize = checked(config.RequireInt("linear_value_head_dim", 1, 4096) * heads),
                StateSize = config.RequireInt("linear_key_head_dim", 1, 4096),
                Rank = heads,
                Groups = keyHeads,
                NeighboursShare = true,
                OneGateMatrix = Grouped,
                DecayAsLogarithm = true,
                Layers = [.. recurrent],
            },
        };
    }

    protected override LayerNorms Norms => LayerNorms.Before with { BeforeFeedForward = "post_attention_norm" };

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Norms = QueryKeyNorms.Heads, Gated = true };

    protected override IEnumerable<TensorNeed> AttentionNeeds(ModelSpec spec, int layer) =>
        spec.Recurrent!.On(layer) ? GatedDeltaNet.Needs(spec, layer + 1, Prefix(layer)) : base.AttentionNeeds(spec, layer);

    protected override Attention LoadAttention(ModelSpec spec, WeightLoader weights, int layer) =>
        spec.Recurrent!.On(layer) ? new GatedDeltaNet(spec, weights, Prefix(layer)) : base.LoadAttention(spec, weights, layer);
}
