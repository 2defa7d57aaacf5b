using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;

namespace Exo.Engine.Files;

/// <summary>The tensors of a GGUF model under their own names.</summary>
internal sealed class GgufTensors(GgufParts file) : ModelTensors
{
    public override string Path => file.Path;

    public override IEnumerable<string> Names => file.Tensors.Keys;

    public override StoredTensor? Find(string name) => file.Tensors.GetValueOrDefault(name);

    public override StoredTensor? Stored(string nameInFile) => file.Tensors.GetValueOrDefault(nameInFile);

    public override string NameInFile(string name) => name;
}
