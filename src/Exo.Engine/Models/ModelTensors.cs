using Exo.Engine.Formats;

namespace Exo.Engine.Models;

/// <summary>The tensors of a model, by their names in GGUF files ("blk.0.attn_q.weight"), whatever the file calls them.</summary>
internal abstract class ModelTensors
{
    /// <summary>The file or folder, for messages.</summary>
    public abstract string Path { get; }

    /// <summary>Names in the file that no GGUF name leads to are given as they are.</summary>
    public abstract IEnumerable<string> Names { get; }

    public abstract StoredTensor? Find(string name);

    public StoredTensor Require(string name) => Find(name) ?? throw Missing(name);

    /// <summary>How the file spells a name, for messages.</summary>
    public abstract string NameInFile(string name);

    public ModelFileException Missing(string name) =>
        new($"{Path}: the tensor {NameInFile(name)} is missing. The file is incomplete: download or convert the model again.");

    public ModelFileException Refuse(StoredTensor tensor, string reason) => new($"{Path}: tensor {tensor.Name} {reason}");
}
