using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Phi 2 (arXiv 2309.05463): attention and feed-forward side by side behind one norm by mean and variance, biases everywhere, a part of each head turns:
/// h += attention(norm(h)) + feedForward(norm(h)).
/// </summary>
internal sealed class Phi2 : ModelArchitecture
{
    public override string Name => "phi2";

    public override IReadOnlyList<string> FolderTypes => ["phi"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["output_norm"] = "model.final_layernorm",
        ["attn_output"] = "self_attn.dense",
        ["ffn_up"] = "mlp.fc1",
        ["ffn_down"] = "mlp.fc2",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false, NormKind.Layer) with { OneMatrix = tensors.Find("blk.0.attn_qkv.weight") is not null };

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config.WithDefaults("""{"partial_rotary_factor": 0.5}"""), tensors, Name);
        reader.RequireFlag("qk_layernorm", computed: false);
        return reader.Read(activation: "gelu_pytorch_tanh", norm: NormKind.Layer);
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: spec.OneMatrix),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new ParallelLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = spec.OneMatrix }), new PlainFeedForward(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"));
}
