using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>The tensors of a folder in the Hugging Face form, by their names in GGUF files.</summary>
internal sealed class FolderTensors(ModelFolder folder, ModelArchitecture architecture) : ModelTensors
{
    public override string Path => folder.Path;

    public override IEnumerable<string> Names => folder.Tensors.Keys;

    public override StoredTensor? Find(string name)
    {
        if (!folder.Tensors.TryGetValue(NameInFile(name), out SafetensorsTensor? tensor))
        {
            return null;
        }

        TensorType type = tensor.Type switch
        {
            "F32" => TensorType.F32,
            "F16" => TensorType.F16,
            "BF16" => TensorType.BF16,
            _ => throw new ModelFileException($"{Path}: tensor {tensor.Name} is stored as {tensor.Type}; F32, F16 and BF16 can be computed with. Choose the unquantised model, or a GGUF file of it."),
        };
        return new StoredTensor(tensor.Name, type, tensor.Shape, tensor.Address, tensor.End - tensor.Begin);
    }

    public override string NameInFile(string name) => FolderNames.Of(name, architecture.FolderNames) ?? name;
}
