using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Models;

/// <summary>
/// An architecture: how its shapes are read, which tensors it uses, and what a layer computes. Embedding and head are the same for all:
/// a row per token times the spec's scale, plus a row per position where those are learned; norm, output matrix, scale and softcap, or an encoder's pooling.
/// </summary>
internal abstract class ModelArchitecture
{
    /// <summary>Value of general.architecture in GGUF files.</summary>
    public abstract string Name { get; }

    /// <summary>Values of model_type in config.json; empty when folders are not read.</summary>
    public abstract IReadOnlyList<string> FolderTypes { get; }

    /// <summary>Tensors that folders name otherwise than most do: part of the GGUF name → part of the folder's.</summary>
    public virtual IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>();

    /// <summary>A tensor of a folder, which may hold it in another form: with others in one tensor, rows in another order, transposed.</summary>
    /// <param name="name">Name in GGUF files.</param>
    /// <param name="config">config.json, of which nothing was checked yet.</param>
    /// <param name="tensors">Finds tensors by the folder's names.</param>
    public virtual StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors) => tensors.Stored(tensors.NameInFile(name));

    /// <summary>How the names of tensors begin that folders hold and that nothing here needs, such as the heads of other tasks.</summary>
    public virtual IReadOnlyList<string> FolderLeftOvers => [];

    /// <summary>The spec of a GGUF file, every value checked.</summary>
    public abstract ModelSpec Read(GgufMetadata metadata, ModelTensors tensors);

    /// <summary>The spec of a folder in the Hugging Face form, every value checked.</summary>
    public abstract ModelSpec Read(FolderConfig config, ModelTensors tensors);

    /// <summary>The tensors of one layer.</summary>
    public abstract IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer);

    public abstract ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer);

    /// <summary>All tensors of the model.</summary>
    public IEnumerable<TensorNeed> Needs(ModelSpec spec)
    {
        yield return new("token_embd.weight", 0, [spec.VocabularySize, spec.EmbeddingSize]);
        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            foreach (TensorNeed need in LayerNeeds(spec, layer))
            {
                yield return need;
            }
        }

        if (spec.LearnedPositions)
        {
            yield return new("position_embd.weight", 0, [spec.ContextLength, spec.EmbeddingSize]);
        }

        if (spec.TokenTypes > 0)
        {
            yield return new("token_types.weight", 0, [spec.TokenTypes, spec.EmbeddingSize]);
        }

        bool encoder = spec.Pooling != Pooling.None;
        foreach (TensorNeed need in encoder ? BlockNorm.Needs(spec, 0, "token_embd_norm") : BlockNorm.Needs(spec, spec.LayerCount + 1, "output_norm"))
        {
            yield return need;
        }

        if (!encoder)
        {
            if (!spec.TiedOutput)
            {
                yield return new("output.weight", spec.LayerCount + 1, [spec.VocabularySize, spec.EmbeddingSize]);
            }

            yield return new("output.bias", spec.LayerCount + 1, [spec.VocabularySize], Optional: true);
        }

        foreach (string read in new[] { "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight" })
        {
            yield return new(read, -1, [-1], Optional: true);
        }
    }

    /// <summary>The names of a layer's tensors begin with this.</summary>
    protected static string Prefix(int layer) => $"blk.{layer}.";
}
