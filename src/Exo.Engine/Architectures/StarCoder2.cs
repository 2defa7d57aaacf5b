using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// StarCoder 2 (arXiv 2402.19173): norms by mean and variance, biases everywhere, a plain feed-forward block with GELU:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class StarCoder2 : ModelArchitecture
{
    public override string Name => "starcoder2";

    public override IReadOnlyList<string> FolderTypes => ["starcoder2"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_up"] = "mlp.c_fc",
        ["ffn_down"] = "mlp.c_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false, NormKind.Layer);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderConfig named = config.Named(new Dictionary<string, string> { ["layer_norm_eps"] = "norm_epsilon" });
        return new FolderSpecReader(named, tensors, Name).Read(tied: true, "gelu_pytorch_tanh", norm: NormKind.Layer) with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Window = spec.WindowOf(layer) }), new PlainFeedForward(spec, weights, Prefix(layer)))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
