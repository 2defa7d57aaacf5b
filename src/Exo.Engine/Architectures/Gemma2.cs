using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Gemma 2 (arXiv 2408.00118): every second layer, from the first on, slides; scores and logits are capped; norms before and after each block:
/// h += norm(attention(norm(h))); h += norm(feedForward(norm(h))).
/// </summary>
internal sealed class Gemma2 : SequentialArchitecture
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
        ModelSpec spec = reader.WithWindow(Gemma.Scaled(reader.Read(adjacentPairs: false)), period: 2, otherwise: 4096);
        return spec with
        {
            AttentionScale = spec.LayerCount == LayersOf27B ? (float)Math.Sqrt((double)spec.HeadCount / spec.EmbeddingSize) : spec.AttentionScale,
            AttentionSoftcap = reader.Softcap("attn_logit_softcapping", 50),
            LogitSoftcap = reader.Softcap("final_logit_softcapping", 30),
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

    protected override LayerNorms Norms => LayerNorms.Around;

    protected override FeedForwardOptions FeedForward => new(Gelu: true);

    private static bool Slides(int layer) => layer % 2 == 0;
}
