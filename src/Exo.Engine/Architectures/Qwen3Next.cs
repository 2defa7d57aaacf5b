using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 3 Next (arXiv 2412.06464 and the model's card): Qwen 3.5's layers, in which neighbouring heads of the delta rule share a key head, with
/// experts: softmax over all, the chosen weights made to sum to 1, and a shared one behind a logistic gate.
/// </summary>
internal sealed class Qwen3Next : Qwen35
{
    public override string Name => "qwen3next";

    protected override bool Grouped => true;

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = base.Read(metadata, tensors);
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        int shared = metadata.RequireInt(reader.Key("expert_shared_feed_forward_length"), 1, 1 << 24);
        return spec with { Experts = experts with { Renormalise = true, SharedSize = shared, SharedGate = true } };
    }
}
