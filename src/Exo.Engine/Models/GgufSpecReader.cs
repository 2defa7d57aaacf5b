using System.Collections.Immutable;
using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Reads what most architectures have in common from the metadata of a GGUF file; every value is checked against the others.</summary>
internal sealed class GgufSpecReader(GgufMetadata metadata, ModelTensors tensors, string architecture)
{
    private const int MostLayers = 4096;
    private const int MostHeads = 4096;
    private const int LargestHead = 4096;
    private const int LargestSize = 1 << 24;
    private const int LargestState = 1 << 17;
    private const int LongestConvolution = 64;
    private const int LongestContext = 1 << 30;

    /// <summary>The spec, without what only some architectures have.</summary>
    /// <param name="adjacentPairs">Which elements of a head turn together; null: nothing turns.</param>
    /// <param name="norm">How hidden states are normed.</param>
    /// <param name="experts">Whether the architecture may have experts.</param>
    /// <param name="sizeOfHead">Floats of a head, where the usual keys do not tell.</param>
    /// <param name="attention">Whether the architecture has attention and feed-forward blocks at all.</param>
    public ModelSpec Read(bool? adjacentPairs, NormKind norm = NormKind.Rms, bool experts = false, int? sizeOfHead = null, bool attention = true)
    {
        int layers = metadata.RequireInt(Key("block_count"), 1, MostLayers);
        int context = metadata.RequireInt(Key("context_length"), 1, LongestContext);
        int embedding = metadata.RequireInt(Key("embedding_length"), 1, LargestSize);
        StoredTensor tokens = tensors.Require("token_embd.weight");
        if (tokens.Shape.Length != 2 || tokens.Shape[1] != embedding || tokens.Shape[0] > LargestSize)
        {
            throw tensors.Refuse(tokens, $"has the shape {tokens.ShapeText} and {Key("embedding_length")} is {embedding}. Convert the model again.");
        }

        int vocabulary = (int)tokens.Shape[0];
        int heads = attention ? metadata.RequireInt(Key("attention.head_count"), 1, MostHeads) : 0;
        int kvHeads = attention ? metadata.GetInt(Key("attention.head_count_kv"), 1, heads) ?? heads : 0;
        if (attention && heads % kvHeads != 0)
        {
            throw metadata.Refuse(Key("attention.head_count_kv"), $"is {kvHeads}, which does not divide {Key("attention.head_count")} ({heads}). Convert the model again.");
        }

        int headSize = !attention ? 0 : sizeOfHead ?? HeadSize(embedding, heads);
        int feedForward = attention ? metadata.RequireInt(Key("feed_forward_length"), 1, LargestSize) : 0;
        CheckExperts(experts);
        string epsilon = norm == NormKind.Rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
        return new ModelSpec
        {
            Name = metadata.GetString("general.name") is { Length: > 0 } name ? name : Path.GetFileNameWithoutExtension(metadata.Path),
            Architecture = architecture,
            LayerCount = layers,
            EmbeddingSize = embedding,
            VocabularySize = vocabulary,
            ContextLength = context,
            HeadCount = heads,
            KvHeadCount = kvHeads,
            HeadSize = headSize,
            FeedForwardSize = feedForward,
            NormEpsilon = (float)Positive(epsilon, metadata.RequireNumber(Key(epsilon))),
            Norm = norm,
            AttentionScale = attention ? (float)(1 / Math.Sqrt(headSize)) : 1,
            TiedOutput = tensors.Find("output.weight") is null,
            Ropes = adjacentPairs is { } adjacent ? [Rope(headSize, context, adjacent)] : [],
        };
    }

    /// <summary>The same model as an encoder, which gives a vector for a text.</summary>
    public ModelSpec AsEncoder(ModelSpec spec)
    {
        int pooling = metadata.GetInt(Key("pooling_type"), 0, 4) ?? 0;
        return spec with
        {
            TiedOutput = false,
            TokenTypes = metadata.GetInt("tokenizer.ggml.token_type_count", 0, MostLayers) ?? 0,
            Pooling = pooling switch
            {
                1 => Pooling.Mean,
                2 => Pooling.First,
                3 => Pooling.Last,
                _ => throw metadata.Refuse(Key("pooling_type"), $"is {pooling}, which makes no vector of a text; 1 (mean), 2 (first token) and 3 (last token) can be computed. Choose an embedding model."),
            },
        };
    }

    /// <summary>The shapes of recurrent layers.</summary>
    /// <param name="grouped">Whether they have key heads, shared among their heads.</param>
    public RecurrentSpec Recurrent(bool grouped = false)
    {
        RecurrentSpec recurrent = new()
        {
            Kernel = metadata.RequireInt(Key("ssm.conv_kernel"), 2, LongestConvolution),
            InnerSize = metadata.RequireInt(Key("ssm.inner_size"), 1, LargestState),
            StateSize = metadata.RequireInt(Key("ssm.state_size"), 1, LargestHead),
            Rank = metadata.RequireInt(Key("ssm.time_step_rank"), 1, LargestState),
            Groups = grouped ? metadata.RequireInt(Key("ssm.group_count"), 1, MostHeads) : 0,
        };
        if (grouped && (recurrent.InnerSize % recurrent.Rank != 0 || recurrent.Rank % recurrent.Groups != 0))
        {
            throw metadata.Refuse(Key("ssm.time_step_rank"), $"is {recurrent.Rank}; it must divide ssm.inner_size ({recurrent.InnerSize}) and be a multiple of ssm.group_count ({recurrent.Groups}). Convert the model again.");
        }

        return recurrent;
    }

    public string Key(string name) => $"{architecture}.{name}";

    /// <summary>A number above zero; null when absent.</summary>
    public double? OptionalPositive(string name) => metadata.GetNumber(Key(name)) is { } value ? Positive(name, value) : null;

    /// <summary>The window, and for each layer whether it slides.</summary>
    /// <param name="spec">What was read so far.</param>
    /// <param name="slides">The architecture's own pattern; an array in the file replaces it.</param>
    public ModelSpec WithWindow(ModelSpec spec, Func<int, bool> slides)
    {
        int window = metadata.GetInt(Key("attention.sliding_window"), 0, LongestContext) ?? 0;
        if (window == 0)
        {
            return spec;
        }

        if (metadata.GetBools(Key("attention.sliding_window_pattern")) is not { } pattern)
        {
            return spec with { SlidingWindow = window, SlidingLayers = [.. Enumerable.Range(0, spec.LayerCount).Select(slides)] };
        }

        return pattern.Length == spec.LayerCount
            ? spec with { SlidingWindow = window, SlidingLayers = [.. pattern] }
            : throw metadata.Refuse(Key("attention.sliding_window_pattern"), $"has {pattern.Length} entries for {spec.LayerCount} layers. Convert the model again.");
    }

    /// <summary>A rotation of its own, without the file's scaling.</summary>
    public RopeSpec PlainRope(ModelSpec spec, double? frequencyBase = null)
    {
        RopeSpec rope = spec.Ropes[0];
        return new RopeSpec([.. RopeFrequencies.Plain(frequencyBase ?? OptionalPositive("rope.freq_base") ?? 10000, rope.Rotated)], 1, rope.AdjacentPairs);
    }

    private double Positive(string name, double value) =>
        value > 0 && double.IsFinite(value) ? value : throw metadata.Refuse(Key(name), $"is {value}; a finite number above 0 is needed. Convert the model again.");

    private int HeadSize(int embedding, int heads)
    {
        int? keys = metadata.GetInt(Key("attention.key_length"), 2, LargestHead);
        int? values = metadata.GetInt(Key("attention.value_length"), 2, LargestHead);
        if (keys is null && embedding % heads != 0)
        {
            throw metadata.Refuse(Key("attention.head_count"), $"is {heads}, which does not divide {Key("embedding_length")} ({embedding}). Convert the model again.");
        }

        int size = keys ?? embedding / heads;
        if ((values ?? size) != size || size % 2 != 0)
        {
            throw metadata.Refuse(Key("attention.key_length"), $"makes keys of {size} and values of {values ?? size}; equal and even sizes can be computed. Convert the model again.");
        }

        return size;
    }

    /// <summary>The mixture of experts that a file tells of; null when it is dense.</summary>
    public ExpertSpec? Experts(ModelSpec spec) => (metadata.GetInt(Key("expert_count"), 0, MostHeads) ?? 0) is int count and > 0
        ? new ExpertSpec
        {
            Count = count,
            Used = metadata.RequireInt(Key("expert_used_count"), 1, count),
            Size = metadata.GetInt(Key("expert_feed_forward_length"), 1, LargestSize) ?? spec.FeedForwardSize,
            Scale = (float)(OptionalPositive("expert_weights_scale") ?? 1),
            LeadingDense = metadata.GetInt(Key("leading_dense_block_count"), 0, spec.LayerCount) ?? 0,
            Stacked = tensors.Find("blk.0.ffn_down_exps.0.weight") is null,
        }
        : null;

    /// <summary>Floats of the experts that every token visits, which files count by experts.</summary>
    public int SharedExperts(ExpertSpec experts) => experts.Size * (metadata.GetInt(Key("expert_shared_count"), 0, MostHeads) ?? 0);

    private void CheckExperts(bool possible)
    {
        int experts = metadata.GetInt(Key("expert_count"), 0, MostHeads) ?? 0;
        int used = metadata.GetInt(Key("expert_used_count"), 0, MostHeads) ?? 0;
        if (used > experts)
        {
            throw metadata.Refuse(Key("expert_used_count"), $"is {used}, more than {Key("expert_count")} ({experts}). Convert the model again.");
        }

        if (experts > 0 && !possible)
        {
            throw metadata.Refuse(Key("expert_count"), $"is {experts}: mixtures of experts cannot be computed with this architecture yet. Choose a dense model; docs/adding-a-model.md tells how one is added.");
        }
    }

    private RopeSpec Rope(int headSize, int context, bool adjacentPairs)
    {
        double frequencyBase = OptionalPositive("rope.freq_base") ?? 10000;
        int rotated = metadata.GetInt(Key("rope.dimension_count"), 2, headSize) ?? headSize;
        if (rotated % 2 != 0)
        {
            throw metadata.Refuse(Key("rope.dimension_count"), $"is {rotated}; an even number is needed. Convert the model again.");
        }

        double[] frequencies = RopeFrequencies.Plain(frequencyBase, rotated);
        double magnitude = OptionalPositive("rope.scaling.attn_factor") ?? 1;
        string scaling = metadata.GetString(Key("rope.scaling.type")) ?? "none";
        double factor = OptionalPositive("rope.scaling.factor") ?? OptionalPositive("rope.scale_linear") ?? 1;
        switch (scaling)
        {
            case "none" or "longrope":
                break;
            case "linear":
                frequencies = Array.ConvertAll(frequencies, frequency => frequency / factor);
                break;
            case "yarn":
                int original = metadata.GetInt(Key("rope.scaling.original_context_length"), 1, LongestContext) ?? context;
                double fast = OptionalPositive("rope.scaling.yarn_beta_fast") ?? 32;
                double slow = OptionalPositive("rope.scaling.yarn_beta_slow") ?? 1;
                frequencies = RopeFrequencies.Yarn(frequencies, frequencyBase, factor, original, fast, slow);
                magnitude *= OptionalPositive("rope.scaling.yarn_log_multiplier") is null ? RopeFrequencies.YarnMagnitude(factor) : 1;
                break;
            default:
                throw metadata.Refuse(Key("rope.scaling.type"), $"is \"{scaling}\"; none, linear, yarn and longrope are known. Convert the model with a scaling among them.");
        }

        if (tensors.Find("rope_factors_long.weight") is null)
        {
            return new RopeSpec([.. Divided(frequencies, "rope_freqs.weight")], magnitude, adjacentPairs);
        }

        int trained = metadata.RequireInt(Key("rope.scaling.original_context_length"), 1, LongestContext);
        return new RopeSpec([.. Divided(frequencies, "rope_factors_short.weight")], magnitude, adjacentPairs)
        {
            LongFrequencies = [.. Divided(frequencies, "rope_factors_long.weight")],
            LongBeyond = trained,
        };
    }

    /// <summary>Llama 3.1 and Phi 3 files hold a divisor for each pair.</summary>
    private unsafe double[] Divided(double[] frequencies, string name)
    {
        if (tensors.Find(name) is not { } factors)
        {
            return frequencies;
        }

        if (factors.Type != TensorType.F32 || factors.Shape is not [long count] || count != frequencies.Length)
        {
            throw tensors.Refuse(factors, $"is {factors.Type} {factors.ShapeText}; F32 [{frequencies.Length}] is needed, a divisor for each pair. Convert the model again.");
        }

        StoredNumbers.RequireFinite(tensors, factors);
        double[] divided = new double[frequencies.Length];
        for (int i = 0; i < divided.Length; i++)
        {
            float factor = ((float*)factors.Data)[i];
            divided[i] = factor > 0 ? frequencies[i] / factor : throw tensors.Refuse(factors, $"holds {factor} at {i}; divisors must be above 0. Convert the model again.");
        }

        return divided;
    }
}
