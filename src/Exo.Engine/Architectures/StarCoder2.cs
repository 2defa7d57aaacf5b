using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// StarCoder 2 (arXiv 2402.19173): norms by mean and variance, biases everywhere, a plain feed-forward block with GELU:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class StarCoder2 : SequentialArchitecture
{
    public override string Name => "starcoder2";

    public override IReadOnlyList<string> FolderTypes => ["starcoder2"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_up"] = "mlp.c_fc",
        ["ffn_down"] = "mlp.c_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false, NormKind.Layer);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderConfig named = config.Named(new Dictionary<string, string> { ["layer_norm_eps"] = "norm_epsilon" });
        return new FolderSpecReader(named, tensors, Name).Read(tied: true, "gelu_pytorch_tanh", norm: NormKind.Layer) with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };
    }

    protected override FeedForwardOptions FeedForward => new(Plain: true);
}
