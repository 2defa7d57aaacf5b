using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// StableLM 2 and 3B (arXiv 2402.17834): norms by mean and variance, a part of each head turns. With a norm before the feed-forward block the halves follow
/// each other; without it they stand side by side, as in the 12B model, which also norms queries and keys by head.
/// </summary>
internal sealed class StableLm : ModelArchitecture
{
    public override string Name => "stablelm";

    public override IReadOnlyList<string> FolderTypes => ["stablelm", "stablelm_epoch"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["attn_q_norm"] = "self_attn.q_layernorm",
        ["attn_k_norm"] = "self_attn.k_layernorm",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false, NormKind.Layer) with
        {
            ParallelResidual = tensors.Find("blk.0.ffn_norm.weight") is null,
            QueryKeyNorms = tensors.Find("blk.0.attn_q_norm.weight") is not null,
        };

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderConfig named = config.Named(new Dictionary<string, string> { ["partial_rotary_factor"] = "rope_pct", ["layer_norm_eps"] = "norm_eps" }).WithDefaults("""{"partial_rotary_factor": 0.25}""");
        return new FolderSpecReader(named, tensors, Name).Read(norm: NormKind.Layer) with
        {
            ParallelResidual = config.Flag("use_parallel_residual") ?? false,
            QueryKeyNorms = config.Flag("qk_layernorm") ?? false,
        };
    }

    /// <summary>Folders hold the norm of each head as a tensor of its own.</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        string inFile = tensors.NameInFile(name);
        StoredTensor? stored = tensors.Stored(inFile);
        if (stored is not null || !(name.EndsWith(".attn_q_norm.weight", StringComparison.Ordinal) || name.EndsWith(".attn_k_norm.weight", StringComparison.Ordinal)))
        {
            return stored;
        }

        List<StoredTensor> heads = [];
        while (tensors.Stored(inFile.Replace(".weight", $".norms.{heads.Count}.weight", StringComparison.Ordinal)) is { } head)
        {
            heads.Add(head);
        }

        return heads.Count > 0 ? tensors.Joined(heads) : null;
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), Norms(spec)),
        .. spec.ParallelResidual ? [] : BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer)
    {
        SelfAttention attention = new(spec, weights, Prefix(layer), new AttentionOptions { Norms = Norms(spec) });
        GatedFeedForward feedForward = new(spec, weights, Prefix(layer));
        BlockNorm norm = new(spec, weights, Prefix(layer) + "attn_norm");
        return spec.ParallelResidual
            ? new ParallelLayer(spec, attention, feedForward, norm)
            : new SequentialLayer(spec, attention, feedForward) { BeforeAttention = norm, BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm") };
    }

    private static QueryKeyNorms Norms(ModelSpec spec) => spec.QueryKeyNorms ? QueryKeyNorms.LayerHeads : QueryKeyNorms.None;
}
