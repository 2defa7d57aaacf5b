using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Gemma 3, text (arXiv 2503.19786): five sliding layers, then one that sees everything; the sliding ones turn with base 10,000 and no scaling;
/// queries and keys normed by head; norms before and after each block: h += norm(attention(norm(h))); h += norm(feedForward(norm(h))).
/// </summary>
internal sealed class Gemma3 : SequentialArchitecture
{
    private const double LocalBase = 10000;

    /// <summary>The largest model scales its scores by the size of an embedding per head; files do not say so.</summary>
    private const int LayersOf27B = 62;

    public override string Name => "gemma3";

    public override IReadOnlyList<string> FolderTypes => ["gemma3_text"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["ffn_norm"] = "pre_feedforward_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.WithWindow(Gemma.Scaled(reader.Read(adjacentPairs: false)), period: 6);
        return spec with
        {
            Ropes = [spec.Ropes[0], reader.PlainRope(spec, reader.OptionalPositive("rope.freq_base_swa") ?? LocalBase)],
            AttentionScale = spec.LayerCount == LayersOf27B ? (float)Math.Sqrt((double)spec.HeadCount / spec.EmbeddingSize) : spec.AttentionScale,
            LogitSoftcap = reader.Softcap("final_logit_softcapping", 0),
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        // Models that see too say only what differs from these.
        config = config.WithDefaults("""
            {
              "vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
              "max_position_embeddings": 131072, "rms_norm_eps": 1e-6, "rope_theta": 1000000, "query_pre_attn_scalar": 256, "sliding_window": 4096, "sliding_window_pattern": 6,
              "hidden_activation": "gelu_pytorch_tanh"
            }
            """);
        FolderSpecReader reader = new(config, tensors, Name);
        int period = config.RequireInt("sliding_window_pattern", 1, int.MaxValue);
        ModelSpec spec = reader.WithWindow(Gemma.Scaled(reader.Read(tied: true, activation: Gemma.Gelu)), layer => (layer + 1) % period != 0);
        return spec with
        {
            NormOffset = 1,
            Ropes = [spec.Ropes[0], FolderSpecReader.PlainRope(spec, config.Object("rope_parameters")?.Object("sliding_attention")?.Positive("rope_theta") ?? config.Positive("rope_local_base_freq") ?? LocalBase)],
            AttentionScale = (float)(1 / Math.Sqrt(config.Positive("query_pre_attn_scalar") ?? spec.HeadSize)),
            AttentionSoftcap = (float)(config.Positive("attn_logit_softcapping") ?? 0),
            LogitSoftcap = (float)(config.Positive("final_logit_softcapping") ?? 0),
        };
    }

    protected override LayerNorms Norms => LayerNorms.Around;

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Norms = QueryKeyNorms.Heads, Window = spec.WindowOf(layer), Rope = spec.WindowOf(layer) > 0 ? 1 : 0 };

    protected override FeedForwardOptions FeedForward => new(Gelu: true);
}
