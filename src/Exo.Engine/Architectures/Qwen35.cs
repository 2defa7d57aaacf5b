using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3.5: three layers of the gated delta rule (arXiv 2412.06464), then one of attention whose output is gated; queries and keys normed by head, partly turned:
/// h += mixer(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal class Qwen35 : ModelArchitecture
{
    public override string Name => "qwen35";

    public override IReadOnlyList<string> FolderTypes => [];

    /// <summary>Whether heads of the delta rule share key heads with their neighbours.</summary>
    protected virtual bool Grouped => false;

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: false, experts: Grouped);
        int interval = metadata.GetInt(reader.Key("full_attention_interval"), 1, spec.LayerCount) ?? 4;
        return spec with { Recurrent = reader.Recurrent(grouped: true) with { Layers = [.. Enumerable.Range(1, spec.LayerCount).Select(layer => layer % interval != 0)] } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. spec.Recurrent!.On(layer)
            ? GatedDeltaNet.Needs(spec, layer + 1, Prefix(layer), Grouped)
            : SelfAttention.Needs(spec, layer + 1, Prefix(layer), QueryKeyNorms.Heads, gated: true),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "post_attention_norm"),
        .. FeedForwardNeeds(spec, layer),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer)
    {
        Attention mixer = spec.Recurrent!.On(layer)
            ? new GatedDeltaNet(spec, weights, Prefix(layer), Grouped)
            : new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Norms = QueryKeyNorms.Heads, Gated = true });
        return new SequentialLayer(spec, mixer, LoadFeedForward(spec, weights, layer))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "post_attention_norm"),
        };
    }
}
