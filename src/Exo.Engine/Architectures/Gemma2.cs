using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Gemma 2 (arXiv 2408.00118): every second layer, from the first on, slides; scores and logits are capped; norms before and after each block:
/// h += norm(attention(norm(h))); h += norm(feedForward(norm(h))).
/// </summary>
internal sealed class Gemma2 : ModelArchitecture
{
    /// <summary>The largest model scales its scores by the size of an embedding per head; files do not say so.</summary>
    private const int LayersOf27B = 46;

    public override string Name => "gemma2";

    public override IReadOnlyList<string> FolderTypes => ["gemma2"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["ffn_norm"] = "pre_feedforward_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.WithWindow(Gemma.Scaled(reader.Read(adjacentPairs: false)), Slides);
        return spec with
        {
            AttentionScale = spec.LayerCount == LayersOf27B ? (float)Math.Sqrt((double)spec.HeadCount / spec.EmbeddingSize) : spec.AttentionScale,
            AttentionSoftcap = (float)(reader.OptionalPositive("attn_logit_softcapping") ?? 50),
            LogitSoftcap = (float)(reader.OptionalPositive("final_logit_softcapping") ?? 30),
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        ModelSpec spec = Gemma.Scaled(new FolderSpecReader(config, tensors, Name).Read(tied: true, activation: Gemma.Gelu));
        return spec with
        {
            NormOffset = 1,
            SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0,
            SlidingLayers = [.. Enumerable.Range(0, spec.LayerCount).Select(Slides)],
            AttentionScale = (float)(1 / Math.Sqrt(config.Positive("query_pre_attn_scalar") ?? spec.HeadSize)),
            AttentionSoftcap = (float)(config.Positive("attn_logit_softcapping") ?? 0),
            LogitSoftcap = (float)(config.Positive("final_logit_softcapping") ?? 0),
        };
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "post_attention_norm"),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "post_ffw_norm"),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Window = spec.WindowOf(layer) }), new GatedFeedForward(spec, weights, Prefix(layer), gelu: true))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            AfterAttention = new BlockNorm(spec, weights, Prefix(layer) + "post_attention_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
            AfterFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "post_ffw_norm"),
        };

    private static bool Slides(int layer) => layer % 2 == 0;
}
