using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;

namespace Exo.Engine.Files;

/// <summary>The tensors of a GGUF model under their own names.</summary>
internal sealed class GgufTensors(GgufParts file) : ModelTensors
{
    private const string Experts = "_exps";

    public override string Path => file.Path;

    public override IEnumerable<string> Names => file.Tensors.Keys;

    public override StoredTensor? Find(string name) => Stored(NameInFile(name));

    public override StoredTensor? Stored(string nameInFile) => file.Tensors.GetValueOrDefault(nameInFile);

    /// <summary>Files of the first months of Mixtral hold each expert as a tensor of its own: "blk.0.ffn_gate_exps.3.weight" → "blk.0.ffn_gate.3.weight".</summary>
    public override string NameInFile(string name) =>
        name.Split('.') is [string block, string layer, string part, string expert, string kind] && part.EndsWith(Experts, StringComparison.Ordinal)
            ? $"{block}.{layer}.{part[..^Experts.Length]}.{expert}.{kind}"
            : name;
}
