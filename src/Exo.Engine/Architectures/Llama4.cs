using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Llama 4, text (Meta, 2025): every so many layers mix experts, of which a token visits one whose input is weighted, and a shared one; every fourth layer sees everything, does not turn
/// queries and keys, and lets queries grow with their position (arXiv 2501.19399); the others see their own chunk of positions, and the smaller model norms queries and keys there after turning:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class Llama4 : SequentialArchitecture
{
    /// <summary>Positions of a chunk, and of each step of the temperature; GGUF files do not say.</summary>
    private const int Chunk = 8192;

    private const double Growth = 0.1;

    /// <summary>GGUF files do not say which model does not norm queries and keys: the one with so many experts.</summary>
    private const int ExpertsOfMaverick = 128;

    private const int LargestSize = 1 << 24;

    public override string Name => "llama4";

    public override IReadOnlyList<string> FolderTypes => ["llama4_text"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate"] = "feed_forward.gate_proj",
        ["ffn_up"] = "feed_forward.up_proj",
        ["ffn_down"] = "feed_forward.down_proj",
        ["ffn_gate_inp"] = "feed_forward.router",
        ["ffn_gate_exps"] = "feed_forward.experts.gate_proj",
        ["ffn_up_exps"] = "feed_forward.experts.up_proj",
        ["ffn_down_exps"] = "feed_forward.experts.down_proj",
        ["ffn_gate_up_exps"] = "feed_forward.experts.gate_up_proj",
        ["ffn_gate_shexp"] = "feed_forward.shared_expert.gate_proj",
        ["ffn_up_shexp"] = "feed_forward.shared_expert.up_proj",
        ["ffn_down_shexp"] = "feed_forward.shared_expert.down_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true, experts: true);
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        bool chunked = metadata.GetInt(reader.Key("attention.sliding_window"), 0, int.MaxValue) != 0;
        bool[] turned = [.. Enumerable.Range(0, spec.LayerCount).Select(layer => !chunked || (layer + 1) % 4 != 0)];
        return Of(reader.WithSlidingRope(spec), experts, turned, chunked ? reader.Slides(spec, period: 4) : turned, chunked ? Chunk : 0) with
        {
            QueryKeyNorms = experts.Count != ExpertsOfMaverick,
            Temperature = new AttentionTemperature(Growth, Chunk, Offset: 1),
            Experts = Mixture(experts, metadata.GetInt(reader.Key("interleave_moe_layer_step"), 1, int.MaxValue) ?? 1),
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        config = config.WithDefaults("""
            {
              "vocab_size": 202048, "hidden_size": 5120, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_hidden_layers": 48, "num_attention_heads": 40, "num_key_value_heads": 8,
              "head_dim": 128, "max_position_embeddings": 131072, "rms_norm_eps": 1e-5, "rope_theta": 500000, "tie_word_embeddings": false, "num_experts_per_tok": 1, "num_local_experts": 16,
              "interleave_moe_layer_step": 1, "use_qk_norm": true, "no_rope_layer_interval": 4, "attention_chunk_size": 8192, "attn_temperature_tuning": true, "floor_scale": 8192, "attn_scale": 0.1
            }
            """);
        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true);
        ExpertSpec experts = reader.Experts("num_local_experts", spec.FeedForwardSize) ?? throw config.Missing("num_local_experts");
        bool[] turned = Turned(config, spec.LayerCount);
        bool[] chunked = Chunked(config, turned);
        return Of(spec, experts, turned, chunked, config.Int("attention_chunk_size", 1, int.MaxValue) ?? 0) with
        {
            FeedForwardSize = config.RequireInt("intermediate_size_mlp", 1, LargestSize),
            QueryKeyNorms = config.Flag("use_qk_norm") ?? true,
            Temperature = config.FlagOrNumber("attn_temperature_tuning") ?? true
                ? new AttentionTemperature(config.RequirePositive("attn_scale"), config.RequireInt("floor_scale", 1, int.MaxValue), Offset: 1)
                : null,
            Experts = Mixture(experts, Interval(config, spec.LayerCount)) with { Stacked = true },
        };
    }

    /// <summary>Gate and up projection of all experts are one tensor, the gate's part first, and all experts lie as [inputs, outputs].</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        if (name.Split('.') is not ["blk", string layer, "ffn_gate_exps" or "ffn_up_exps" or "ffn_down_exps", "weight"])
        {
            return base.InFolder(name, config, tensors);
        }

        bool down = name.Contains("_down_", StringComparison.Ordinal);
        string joined = tensors.NameInFile($"blk.{layer}.{(down ? "ffn_down_exps" : "ffn_gate_up_exps")}.weight");
        if (tensors.Stored(joined[..^".weight".Length]) is not { Packed: null, Shape.Length: 3 } stored)
        {
            return base.InFolder(name, config, tensors);
        }

        StoredTensor turned = ModelTensors.Turned(stored);
        long size = turned.Shape[1] / 2;
        return down ? turned : tensors.Rows(turned, 2 * size, name.Contains("_gate_", StringComparison.Ordinal) ? (0, size) : (size, size));
    }

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => spec.UnturnedLayers[layer]
        ? new AttentionOptions { Rope = -1, Window = spec.WindowOf(layer) }
        : new AttentionOptions { NormsTurned = spec.QueryKeyNorms, Untempered = true, Window = spec.WindowOf(layer), Rope = spec.RopeOf(layer) };

    private static ModelSpec Of(ModelSpec spec, ExpertSpec experts, bool[] turned, bool[] chunked, int chunk) => spec with
    {
        UnturnedLayers = [.. turned.Select(turns => !turns)],
        SlidingWindow = chunk,
        SlidingLayers = [.. chunked],
        ChunkedWindow = true,
        Experts = experts,
    };

    private static ExpertSpec Mixture(ExpertSpec experts, int interval) =>
        experts with { Scoring = ExpertScoring.Sigmoid, WeightsInput = true, SharedSize = experts.Size, Interval = interval };

    /// <summary>For each layer whether it turns queries and keys.</summary>
    private static bool[] Turned(FolderConfig config, int layers)
    {
        const string Key = "no_rope_layers";
        if (config.Numbers(Key) is { Count: > 0 } given)
        {
            return given.Count >= layers ? [.. given.Take(layers).Select(turns => turns != 0)] : throw config.Refuse(Key, $"has {given.Count} entries for {layers} layers. Download the model again.");
        }

        int interval = config.RequireInt("no_rope_layer_interval", 1, int.MaxValue);
        return [.. Enumerable.Range(1, layers).Select(layer => layer % interval != 0)];
    }

    /// <summary>For each layer whether it sees its own chunk only.</summary>
    private static bool[] Chunked(FolderConfig config, bool[] turned)
    {
        const string Key = "layer_types";
        if (config.Texts(Key) is not { } types)
        {
            return turned;
        }

        return types.Count == turned.Length && types.All(type => type is "chunked_attention" or "full_attention")
            ? [.. types.Select(type => type == "chunked_attention")]
            : throw config.Refuse(Key, $"has {types.Count} entries for {turned.Length} layers, or others than chunked_attention and full_attention. Download the model again.");
    }

    /// <summary>Every so many-th layer has experts.</summary>
    private static int Interval(FolderConfig config, int layers)
    {
        const string Key = "moe_layers";
        if (config.Numbers(Key) is not { } given)
        {
            return config.RequireInt("interleave_moe_layer_step", 1, layers);
        }

        int interval = given.Count == 0 ? layers + 1 : (int)Math.Clamp(given[0], 0, layers) + 1;
        return given.Count > 0 && given.SequenceEqual(Enumerable.Range(0, layers).Where(layer => (layer + 1) % interval == 0).Select(layer => (double)layer))
            ? interval
            : throw config.Refuse(Key, "does not name every so many-th layer, which can be computed. Choose another model.");
    }
}
