namespace Exo.Engine.Models;

/// <summary>The norms of a layer, by the names of their tensors; null where the model has none.</summary>
internal readonly record struct LayerNorms(string? BeforeAttention, string? AfterAttention, string? BeforeFeedForward, string? AfterFeedForward)
{
    /// <summary>One before each half.</summary>
    public static LayerNorms Before => new("attn_norm", null, "ffn_norm", null);

    /// <summary>One behind each half.</summary>
    public static LayerNorms After => new(null, "post_attention_norm", null, "post_ffw_norm");

    /// <summary>Both.</summary>
    public static LayerNorms Around => new("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm");
}
