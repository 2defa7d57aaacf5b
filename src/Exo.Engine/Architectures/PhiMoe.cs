using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Phi 3.5 with experts (arXiv 2404.14219, 2409.12136): norms by mean and variance, biases of the attention's matrices and of the output, LongRoPE; two experts by
/// SparseMixer: h += attention(norm(h)); h += mixture(norm(h)). GGUF files of it are computed as other readers of them do: norms by root mean square plus a bias, and experts
/// by softmax, the chosen weights made to sum to 1.
/// </summary>
internal sealed class PhiMoe : SequentialArchitecture
{
    public override string Name => "phimoe";

    public override IReadOnlyList<string> FolderTypes => ["phimoe"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "block_sparse_moe.gate",
        ["ffn_gate_exps"] = "block_sparse_moe.experts.{e}.w1",
        ["ffn_up_exps"] = "block_sparse_moe.experts.{e}.w3",
        ["ffn_down_exps"] = "block_sparse_moe.experts.{e}.w2",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: false, experts: true) with { Norm = NormKind.RmsBias };
        return spec with { Experts = (reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"))) with { Renormalise = true } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        const string Used = "num_experts_per_tok";
        FolderSpecReader reader = new(config.Named(new Dictionary<string, string> { ["layer_norm_eps"] = "rms_norm_eps" }), tensors, Name);
        ModelSpec spec = reader.Read(norm: NormKind.Layer) with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };
        ExpertSpec experts = reader.Experts("num_local_experts", spec.FeedForwardSize) ?? throw config.Missing("num_local_experts");
        if (experts.Used != 2)
        {
            throw config.Refuse(Used, $"is {experts.Used}; this architecture chooses 2 experts. Choose another model.");
        }

        return spec with { Experts = experts with { Scoring = ExpertScoring.SparseMixer, Nearness = (float)(2 * (config.Positive("router_jitter_noise") ?? 0.01)) } };
    }
}
