using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3 with experts (arXiv 2505.09388): Qwen 3's layer; softmax over all experts, the chosen weights made to sum to 1:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class Qwen3Moe : SequentialArchitecture
{
    public override string Name => "qwen3moe";

    public override IReadOnlyList<string> FolderTypes => ["qwen3_moe"];

    public override IReadOnlyDictionary<string, string> FolderNames => Qwen2Moe.ExpertNames;

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: false, experts: true);
        return spec with { Experts = reader.Experts(spec, divided: true) is { } experts ? experts with { Renormalise = true } : throw metadata.Missing(reader.Key("expert_count")) };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config, tensors, Name);
        reader.RequireFlag("use_sliding_window", computed: false);
        return Qwen2Moe.WithExperts(config, reader, reader.Read(), shared: false);
    }

    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors) => Qwen2Moe.Expert(name, tensors);

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Norms = QueryKeyNorms.Heads };
}
