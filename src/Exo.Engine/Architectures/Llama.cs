using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Llama 1 to 3 and what shares its layer, Mistral and Mixtral among them (arXiv 2302.13971, 2307.09288, 2407.21783, 2401.04088):
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Llama : SequentialArchitecture
{
    public override string Name => "llama";

    public override IReadOnlyList<string> FolderTypes => ["llama", "mistral", "mixtral"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "block_sparse_moe.gate",
        ["ffn_gate_exps"] = "block_sparse_moe.experts.{e}.w1",
        ["ffn_up_exps"] = "block_sparse_moe.experts.{e}.w3",
        ["ffn_down_exps"] = "block_sparse_moe.experts.{e}.w2",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        Mixed(new GgufSpecReader(metadata, tensors, Name));

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = reader.Read() with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };
        return spec with { Experts = reader.Experts("num_local_experts", spec.FeedForwardSize) is { } experts ? experts with { Renormalise = true } : null };
    }

    private static ModelSpec Mixed(GgufSpecReader reader)
    {
        ModelSpec spec = reader.Read(adjacentPairs: true, experts: true);
        return spec with { Experts = reader.Experts(spec) is { } experts ? experts with { Renormalise = true } : null };
    }
}
