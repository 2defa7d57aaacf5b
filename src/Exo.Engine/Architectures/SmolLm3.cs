using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// SmolLM 3 (Hugging Face, 2025): Llama's layer; every fourth layer does not turn queries and keys (arXiv 2501.18795):
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class SmolLm3 : SequentialArchitecture
{
    public override string Name => "smollm3";

    public override IReadOnlyList<string> FolderTypes => ["smollm3"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        ModelSpec spec = new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: true);
        return spec with { UnturnedLayers = [.. Enumerable.Range(0, spec.LayerCount).Select(layer => layer % 4 == 3)] };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        ModelSpec spec = new FolderSpecReader(config, tensors, Name).Read();
        if (config.Flag("use_sliding_window") == true)
        {
            throw config.Refuse("use_sliding_window", "is true, which cannot be computed with this architecture yet. Choose another model.");
        }

        int interval = config.Int("no_rope_layer_interval", 1, int.MaxValue) ?? 4;
        IReadOnlyList<double>? turned = config.Numbers("no_rope_layers");
        if (turned is not null && turned.Count != spec.LayerCount)
        {
            throw config.Refuse("no_rope_layers", $"has {turned.Count} entries for {spec.LayerCount} layers. Download the model again.");
        }

        return spec with { UnturnedLayers = [.. Enumerable.Range(0, spec.LayerCount).Select(layer => turned is null ? (layer + 1) % interval == 0 : turned[layer] == 0)] };
    }

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Rope = spec.UnturnedLayers[layer] ? -1 : 0 };
}
