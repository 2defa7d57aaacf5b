using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Gemma (arXiv 2403.08295): Llama's layer with GELU gates, embeddings times √size, and norms whose weights folders store less 1:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Gemma : SequentialArchitecture
{
    /// <summary>The activation of the whole family.</summary>
    public const string Gelu = "gelu_pytorch_tanh";

    public override string Name => "gemma";

    public override IReadOnlyList<string> FolderTypes => ["gemma"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        Scaled(new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false));

    /// <summary>The first models name "gelu" as hidden_act and mean its tanh form; hidden_activation counts, where it is given.</summary>
    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        const string Key = "hidden_activation";
        return config.Text(Key) is null or Gelu
            ? Scaled(new FolderSpecReader(config, tensors, Name).Read(tied: true, activation: null)) with { NormOffset = 1 }
            : throw config.Refuse(Key, $"is \"{config.Text(Key)}\"; this architecture computes with {Gelu}. Choose another model.");
    }

    protected override FeedForwardOptions FeedForward => new(Gelu: true);

    /// <summary>Embeddings times √size, as in the whole family.</summary>
    public static ModelSpec Scaled(ModelSpec spec) => spec with { EmbeddingScale = (float)Math.Sqrt(spec.EmbeddingSize) };
}
