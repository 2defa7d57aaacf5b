using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>Mamba (arXiv 2312.00752): selective state spaces only, no attention and no feed-forward blocks: h += mamba(norm(h)).</summary>
internal sealed class Mamba : ModelArchitecture
{
    public override string Name => "mamba";

    public override IReadOnlyList<string> FolderTypes => ["mamba"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["blk"] = "backbone.layers",
        ["token_embd"] = "backbone.embeddings",
        ["output_norm"] = "backbone.norm_f",
        ["attn_norm"] = "norm",
        ["ssm_in"] = "mixer.in_proj",
        ["ssm_conv1d"] = "mixer.conv1d",
        ["ssm_x"] = "mixer.x_proj",
        ["ssm_dt"] = "mixer.dt_proj",
        ["ssm_a"] = "mixer.A_log",
        ["ssm_d"] = "mixer.D",
        ["ssm_out"] = "mixer.out_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        string norms = reader.Key("ssm.dt_b_c_rms");
        return metadata.GetBool(norms) == true
            ? throw metadata.Refuse(norms, "is true: norms of time steps, inputs and outputs (Falcon Mamba) cannot be computed yet. Choose another model.")
            : reader.Read(adjacentPairs: null, attention: false) with { Recurrent = reader.Recurrent() };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config.WithDefaults("""{"layer_norm_epsilon": 1e-5, "max_position_embeddings": 1048576}"""), tensors, Name);
        reader.RequireFlag("use_bias", computed: false);
        reader.RequireFlag("use_conv_bias", computed: true);
        ModelSpec spec = reader.Sizes(tied: true, "silu", "layer_norm_epsilon");
        return spec with
        {
            Recurrent = new RecurrentSpec
            {
                Kernel = config.Int("conv_kernel", 2, 64) ?? 4,
                InnerSize = config.Int("intermediate_size", 1, 1 << 17) ?? 2 * spec.EmbeddingSize,
                StateSize = config.Int("state_size", 1, 4096) ?? 16,
                Rank = config.Int("time_step_rank", 1, 1 << 17) ?? (spec.EmbeddingSize + 15) / 16,
                DecayAsLogarithm = true,
            },
        };
    }

    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors) =>
        base.InFolder(name, config, tensors) is { } stored ? ShortConvolution.InFolder(name, stored) : null;

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelectiveState.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new MixerLayer(spec, new SelectiveState(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"));
}
