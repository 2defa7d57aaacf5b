using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 2 and 2.5 (arXiv 2407.10671, 2412.15115): Llama's layer with biases of queries, keys and values, and half-split rotation:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Qwen2 : SequentialArchitecture
{
    public override string Name => "qwen2";

    public override IReadOnlyList<string> FolderTypes => ["qwen2"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        if (config.Flag("use_sliding_window") == true)
        {
            throw config.Refuse("use_sliding_window", "is true, which cannot be computed with this architecture yet. Choose another model, or a GGUF file of it.");
        }

        return new FolderSpecReader(config, tensors, Name).Read();
    }
}
