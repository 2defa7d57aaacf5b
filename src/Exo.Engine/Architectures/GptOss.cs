using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// gpt-oss (arXiv 2508.10925): every second layer, from the first on, slides; a sink in each head's softmax; softmax over the chosen experts, a clamped gate; biases everywhere:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class GptOss : SequentialArchitecture
{
    /// <summary>MLX repositories take gate and up projection apart and name all three like matrices of one layer.</summary>
    private const string Apart = "mlp.experts.";

    public override string Name => "gpt-oss";

    public override IReadOnlyList<string> FolderTypes => ["gpt_oss"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["attn_sinks.weight"] = "self_attn.sinks",
        ["post_attention_norm"] = "post_attention_layernorm",
        ["ffn_gate_inp"] = "mlp.router",
        ["ffn_gate_exps"] = Apart + "gate_proj",
        ["ffn_up_exps"] = Apart + "up_proj",
        ["ffn_gate_up_exps.weight"] = "mlp.experts.gate_up_proj",
        ["ffn_gate_up_exps.bias"] = "mlp.experts.gate_up_proj_bias",
        ["ffn_down_exps.weight"] = "mlp.experts.down_proj",
        ["ffn_down_exps.bias"] = "mlp.experts.down_proj_bias",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.WithWindow(reader.Read(adjacentPairs: false, experts: true), period: 2);
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        return spec with { Experts = experts with { Scoring = ExpertScoring.SoftmaxOfChosen, Activation = ExpertActivation.ClampedSwiGlu } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        const string Limit = "swiglu_limit";
        if (config.Positive(Limit) is { } limit && limit != 7)
        {
            throw config.Refuse(Limit, $"is {limit}; this architecture computes with 7. Choose another model.");
        }

        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = reader.WithWindow(reader.Read(), Slides);
        ExpertSpec experts = reader.Experts("num_local_experts", spec.FeedForwardSize) ?? throw config.Missing("num_local_experts");
        return spec with
        {
            Experts = experts with
            {
                Scoring = ExpertScoring.SoftmaxOfChosen,
                Activation = ExpertActivation.ClampedSwiGlu,
                Stacked = true,
                Alternating = tensors.Find("blk.0.ffn_gate_exps.weight") is null,
            },
        };
    }

    /// <summary>Experts in floats are stored as [inputs, outputs], but for those of MLX repositories.</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        string inFile = tensors.NameInFile(name);
        if (tensors.Stored(inFile) is { } stored)
        {
            return stored is { Packed: null, Shape.Length: 3 } && !inFile.EndsWith(".weight", StringComparison.Ordinal) ? ModelTensors.Turned(stored) : stored;
        }

        return name.Split('.') is ["blk", _, "ffn_down_exps", string last]
            ? tensors.Stored($"{inFile[..inFile.LastIndexOf('.')]}.down_proj.{last}")
            : null;
    }

    protected override LayerNorms Norms => LayerNorms.Before with { BeforeFeedForward = "post_attention_norm" };

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Sinks = true, Window = spec.WindowOf(layer), Rope = spec.RopeOf(layer) };

    private static bool Slides(int layer) => layer % 2 == 0;
}
