using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3, dense (arXiv 2505.09388): Llama's layer with queries and keys normed head by head, and half-split rotation:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Qwen3 : SequentialArchitecture
{
    public override string Name => "qwen3";

    public override IReadOnlyList<string> FolderTypes => ["qwen3"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        int layers = config.RequireInt("num_hidden_layers", 1, 4096);
        if (config.Flag("use_sliding_window") == true)
        {
            throw config.Refuse("use_sliding_window", "is true, which cannot be computed with this architecture yet. Choose another model, or a GGUF file of it.");
        }

        if (config.Texts("layer_types") is { } types && (types.Count != layers || types.Any(type => type != "full_attention")))
        {
            throw config.Refuse("layer_types", $"is not \"full_attention\" for each of the {layers} layers, which is all that this architecture computes. Choose another model.");
        }

        return new FolderSpecReader(config, tensors, Name).Read();
    }

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Norms = QueryKeyNorms.Heads };
}
