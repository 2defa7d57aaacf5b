using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Phi 3 and 3.5 mini (arXiv 2404.14219): Llama's layer with queries, keys and values in one matrix, gate and up in another, and LongRoPE:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Phi3 : ModelArchitecture
{
    public override string Name => "phi3";

    public override IReadOnlyList<string> FolderTypes => ["phi3"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["attn_qkv"] = "self_attn.qkv_proj",
        ["ffn_up"] = "mlp.gate_up_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.WithWindow(reader.Read(adjacentPairs: false), _ => true);
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        new FolderSpecReader(config, tensors, Name).Read() with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: true),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer), fused: true),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = true, Window = spec.WindowOf(layer) }), new GatedFeedForward(spec, weights, Prefix(layer), fused: true))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
