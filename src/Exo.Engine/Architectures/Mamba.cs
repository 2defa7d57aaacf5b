using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>Mamba (arXiv 2312.00752): selective state spaces only, no attention and no feed-forward blocks: h += mamba(norm(h)).</summary>
internal sealed class Mamba : ModelArchitecture
{
    public override string Name => "mamba";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        string norms = reader.Key("ssm.dt_b_c_rms");
        return metadata.GetBool(norms) == true
            ? throw metadata.Refuse(norms, "is true: norms of time steps, inputs and outputs (Falcon Mamba) cannot be computed yet. Choose another model.")
            : reader.Read(adjacentPairs: null, attention: false) with { Recurrent = reader.Recurrent() };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelectiveState.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new MixerLayer(spec, new SelectiveState(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"));
}
