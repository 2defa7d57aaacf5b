using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// GPT-2 (Radford et al., 2019): learned positions, norms by mean and variance, queries, keys and values in one matrix, biases everywhere:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Gpt2 : SequentialArchitecture
{
    public override string Name => "gpt2";

    public override IReadOnlyList<string> FolderTypes => ["gpt2"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["blk"] = "transformer.h",
        ["token_embd"] = "transformer.wte",
        ["position_embd"] = "transformer.wpe",
        ["output_norm"] = "transformer.ln_f",
        ["attn_norm"] = "ln_1",
        ["attn_qkv"] = "attn.c_attn",
        ["attn_output"] = "attn.c_proj",
        ["ffn_norm"] = "ln_2",
        ["ffn_up"] = "mlp.c_fc",
        ["ffn_down"] = "mlp.c_proj",
    };

    private static readonly Dictionary<string, string> s_keys = new()
    {
        ["num_hidden_layers"] = "n_layer",
        ["hidden_size"] = "n_embd",
        ["num_attention_heads"] = "n_head",
        ["max_position_embeddings"] = "n_positions",
        ["intermediate_size"] = "n_inner",
        ["hidden_act"] = "activation_function",
        ["layer_norm_eps"] = "layer_norm_epsilon",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: null, NormKind.Layer) with { LearnedPositions = true };

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderConfig named = config.Named(s_keys);
        FolderSpecReader reader = new(named.WithDefaults($$"""{"intermediate_size": {{4L * named.RequireInt("hidden_size", 1, 1 << 24)}}}"""), tensors, Name);
        reader.RequireFlag("scale_attn_weights", computed: true);
        reader.RequireFlag("scale_attn_by_inverse_layer_idx", computed: false);
        reader.RequireFlag("add_cross_attention", computed: false);
        return reader.Read(tied: true, "gelu_pytorch_tanh", adjacentPairs: null, norm: NormKind.Layer) with { LearnedPositions = true };
    }

    /// <summary>Most folders hold matrices as [inputs, outputs].</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        StoredTensor? stored = base.InFolder(name, config, tensors);
        return stored is { Packed: null, Shape.Length: 2 } && name.StartsWith("blk.", StringComparison.Ordinal)
            && tensors.Stored(tensors.NameInFile("blk.0.attn_qkv.weight")) is { Shape: [long rows, long columns] } && rows < columns ? ModelTensors.Turned(stored) : stored;
    }

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Fused = true, Rope = -1 };

    protected override FeedForwardOptions FeedForward => new(Plain: true);
}
