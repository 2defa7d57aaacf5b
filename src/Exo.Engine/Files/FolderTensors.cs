using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>The tensors of a folder in the Hugging Face form, by their names in GGUF files.</summary>
internal sealed class FolderTensors(ModelFolder folder, ModelArchitecture architecture) : ModelTensors
{
    private readonly PackedFolder _packed = new(folder);

    public override string Path => folder.Path;

    public override IEnumerable<string> Names => folder.Tensors.Keys.Where(name => !_packed.IsPart(name));

    public override StoredTensor? Find(string name) => architecture.InFolder(name, folder.Config, this);

    public override StoredTensor? Stored(string nameInFile)
    {
        if (_packed.Find(nameInFile) is { } matrix)
        {
            return matrix;
        }

        if (!folder.Tensors.TryGetValue(nameInFile, out SafetensorsTensor? tensor))
        {
            return null;
        }

        return StoredTypes.Of(tensor.Type) is { } type and (TensorType.F32 or TensorType.F16 or TensorType.BF16)
            ? new StoredTensor(tensor.Name, type, tensor.Shape, tensor.Address, tensor.End - tensor.Begin)
            : throw new ModelFileException($"{Path}: tensor {tensor.Name} is stored as {tensor.Type}; F32, F16 and BF16 can be computed with, and quantised weights that config.json tells of. Choose the unquantised model, or a GGUF file of it.");
    }

    public override string NameInFile(string name) => FolderNames.Of(name, architecture.FolderNames) ?? name;
}
