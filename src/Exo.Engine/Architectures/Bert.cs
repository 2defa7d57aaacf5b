using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// BERT (arXiv 1810.04805) as an embedding model: every token sees the whole text; learned positions, biases everywhere, norms behind each block;
/// the text's vector is pooled from the last layer. GELU is computed as config.json of a folder says, usually by the error function; of GGUF files in its tanh form, as other readers of these files
/// compute it.
/// </summary>
internal sealed class Bert : ModelArchitecture
{
    public override string Name => "bert";

    public override IReadOnlyList<string> FolderTypes => ["bert"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["blk"] = "encoder.layer",
        ["token_embd"] = "embeddings.word_embeddings",
        ["position_embd"] = "embeddings.position_embeddings",
        ["token_types"] = "embeddings.token_type_embeddings",
        ["token_embd_norm"] = "embeddings.LayerNorm",
        ["attn_q"] = "attention.self.query",
        ["attn_k"] = "attention.self.key",
        ["attn_v"] = "attention.self.value",
        ["attn_output"] = "attention.output.dense",
        ["attn_output_norm"] = "attention.output.LayerNorm",
        ["ffn_up"] = "intermediate.dense",
        ["ffn_down"] = "output.dense",
        ["layer_output_norm"] = "output.LayerNorm",
    };

    public override IReadOnlyList<string> FolderLeftOvers => ["pooler.", "cls.", "classifier.", "embeddings.position_ids"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.AsEncoder(reader.Read(adjacentPairs: null, NormKind.Layer)) with { LearnedPositions = true };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        const string Positions = "position_embedding_type";
        if (config.Text(Positions) is { } type and not "absolute")
        {
            throw config.Refuse(Positions, $"is \"{type}\"; this architecture computes with absolute positions. Choose another model.");
        }

        config = config.WithDefaults("""{"layer_norm_eps": 1e-12, "max_position_embeddings": 512, "type_vocab_size": 2, "hidden_act": "gelu"}""");
        FolderSpecReader reader = new(config, tensors, Name);
        reader.RequireFlag("is_decoder", computed: false);
        string activation = reader.Activation()!;
        return activation is "gelu" or "gelu_pytorch_tanh"
            ? FolderSpecReader.AsEncoder(reader.Read(activation: null, adjacentPairs: null, norm: NormKind.Layer), config, tensors) with { LearnedPositions = true, ExactGelu = activation == "gelu" }
            : throw config.Refuse("hidden_act", $"is \"{activation}\"; this architecture computes with gelu. Choose another model.");
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_output_norm"),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "layer_output_norm"),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) => new PostNormLayer(
        spec,
        new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Rope = -1 }),
        new PlainFeedForward(spec, weights, Prefix(layer)),
        new BlockNorm(spec, weights, Prefix(layer) + "attn_output_norm"),
        new BlockNorm(spec, weights, Prefix(layer) + "layer_output_norm"));
}
