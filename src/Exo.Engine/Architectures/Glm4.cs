using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// GLM 4 0414 (arXiv 2406.12793): norms before and after each block, a part of each head turns in adjacent pairs, gate and up in one matrix:
/// h += norm(attention(norm(h))); h += norm(feedForward(norm(h))).
/// </summary>
internal sealed class Glm4 : SequentialArchitecture
{
    public override string Name => "glm4";

    public override IReadOnlyList<string> FolderTypes => ["glm4"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["post_attention_norm"] = "post_self_attn_layernorm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_up"] = "mlp.gate_up_proj",
        ["post_ffw_norm"] = "post_mlp_layernorm",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: true);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) => new FolderSpecReader(config, tensors, Name).Read(adjacentPairs: true);

    protected override LayerNorms Norms => LayerNorms.Around;

    protected override FeedForwardOptions FeedForward => new(Fused: true);
}
