using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// OLMo 2 and 3 (arXiv 2501.00656): norms after each block instead of before, queries and keys normed whole; OLMo 3 slides on three of four layers,
/// which turn without the scaling of the others: h += norm(attention(h)); h += norm(feedForward(h)).
/// </summary>
internal sealed class Olmo2 : SequentialArchitecture
{
    public override string Name => "olmo2";

    public override IReadOnlyList<string> FolderTypes => ["olmo2"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.WithWindow(reader.Read(adjacentPairs: false), period: 4);
        return spec.SlidingWindow == 0 ? spec : spec with { Ropes = [spec.Ropes[0], reader.PlainRope(spec)] };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) => new FolderSpecReader(config, tensors, Name).Read();

    protected override LayerNorms Norms => LayerNorms.After;

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Norms = QueryKeyNorms.Whole, Window = spec.WindowOf(layer), Rope = spec.WindowOf(layer) > 0 ? 1 : 0 };
}
