using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Phi 3 and 3.5 mini (arXiv 2404.14219): Llama's layer with queries, keys and values in one matrix, gate and up in another, and LongRoPE:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Phi3 : SequentialArchitecture
{
    public override string Name => "phi3";

    public override IReadOnlyList<string> FolderTypes => ["phi3"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["attn_qkv"] = "self_attn.qkv_proj",
        ["ffn_up"] = "mlp.gate_up_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.WithWindow(reader.Read(adjacentPairs: false), period: 0) with { OneMatrix = tensors.Find("blk.0.attn_qkv.weight") is not null };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        new FolderSpecReader(config, tensors, Name).Read() with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0, OneMatrix = true };

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Fused = spec.OneMatrix, Window = spec.WindowOf(layer) };

    protected override FeedForwardOptions FeedForward => new(Fused: true);
}
