using Exo.Engine.Kernels;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Models;

/// <summary>Reads what most architectures have in common from config.json; every value is checked against the others.</summary>
internal sealed class FolderSpecReader(FolderConfig config, ModelTensors tensors, string architecture)
{
    private const int MostLayers = 4096;
    private const int MostHeads = 4096;
    private const int LargestHead = 4096;
    private const int LargestSize = 1 << 24;
    private const int LongestContext = 1 << 30;
    private const string ScalingKey = "rope_scaling";

    /// <summary>The spec, without what only some architectures have.</summary>
    /// <param name="tied">Whether the output matrix is the embedding where the file does not say.</param>
    /// <param name="activation">The activation of the feed-forward block; null: the architecture reads it itself.</param>
    /// <param name="adjacentPairs">Which elements of a head turn together; null: nothing turns.</param>
    /// <param name="sizeOfHead">Floats of a head, where the usual keys do not tell.</param>
    /// <param name="turned">Elements of a head that turn, where the usual keys do not tell.</param>
    /// <param name="norm">How hidden states are normed.</param>
    /// <param name="keyValueHeads">Key-value heads, where the usual keys do not tell.</param>
    public ModelSpec Read(bool tied = false, string? activation = "silu", bool? adjacentPairs = false, int? sizeOfHead = null, int? turned = null, NormKind norm = NormKind.Rms, int? keyValueHeads = null)
    {
        ModelSpec spec = Sizes(tied, activation, norm is NormKind.Rms ? "rms_norm_eps" : "layer_norm_eps");
        int embedding = spec.EmbeddingSize;
        int heads = config.RequireInt("num_attention_heads", 1, MostHeads);
        int kvHeads = keyValueHeads ?? config.Int("num_key_value_heads", 1, heads) ?? heads;
        if (heads % kvHeads != 0)
        {
            throw config.Refuse("num_key_value_heads", $"is {kvHeads}, which does not divide num_attention_heads ({heads}). Download the model again.");
        }

        int? headDim = sizeOfHead ?? config.Int("head_dim", 2, LargestHead);
        if (headDim is null && embedding % heads != 0)
        {
            throw config.Refuse("num_attention_heads", $"is {heads}, which does not divide hidden_size ({embedding}), and there is no head_dim. Download the model again.");
        }

        int headSize = headDim ?? embedding / heads;
        if (headSize % 2 != 0)
        {
            throw config.Refuse(headDim is null ? "num_attention_heads" : "head_dim", $"makes heads of {headSize}; an even size is needed. Download the model again.");
        }

        return spec with
        {
            Norm = norm,
            HeadCount = heads,
            KvHeadCount = kvHeads,
            HeadSize = headSize,
            FeedForwardSize = config.RequireInt("intermediate_size", 1, LargestSize),
            AttentionScale = (float)(1 / Math.Sqrt(headSize)),
            Ropes = adjacentPairs is { } adjacent ? [Rope(headSize, spec.ContextLength, adjacent, turned)] : [],
        };
    }

    /// <summary>The spec of a model without attention and feed-forward blocks.</summary>
    /// <param name="tied">Whether the output matrix is the embedding where the file does not say.</param>
    /// <param name="activation">The activation; null: the architecture reads it itself.</param>
    /// <param name="epsilon">Where the norms' epsilon stands.</param>
    public ModelSpec Sizes(bool tied, string? activation, string epsilon)
    {
        string? used = Activation() ?? activation;
        if (activation is not null && used != activation)
        {
            throw config.Refuse("hidden_act", $"is \"{used}\"; this architecture computes with {activation}. Choose another model.");
        }

        return new ModelSpec
        {
            Name = Path.GetFileName(Path.GetDirectoryName(config.Path)) ?? architecture,
            Architecture = architecture,
            LayerCount = config.RequireInt("num_hidden_layers", 1, MostLayers),
            EmbeddingSize = config.RequireInt("hidden_size", 1, LargestSize),
            VocabularySize = config.RequireInt("vocab_size", 1, LargestSize),
            ContextLength = config.Int("max_position_embeddings", 1, LongestContext) ?? 2048,
            HeadCount = 0,
            KvHeadCount = 0,
            HeadSize = 0,
            FeedForwardSize = 0,
            NormEpsilon = (float)config.RequirePositive(epsilon),
            AttentionScale = 1,
            TiedOutput = config.Flag("tie_word_embeddings") ?? (tied || tensors.Find("output.weight") is null),
        };
    }

    /// <summary>The same model as an encoder, which gives a vector for a text.</summary>
    public static ModelSpec AsEncoder(ModelSpec spec, FolderConfig config, ModelTensors tensors) => spec with
    {
        TiedOutput = false,
        TokenTypes = config.Int("type_vocab_size", 0, MostLayers) ?? 0,
        Pooling = FolderPooling.Of(tensors.Path),
    };

    /// <summary>Refuses a setting that would change the answer and is not computed.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="computed">The value that is computed, also where the file does not say.</param>
    public void RequireFlag(string key, bool computed)
    {
        if ((config.Flag(key) ?? computed) != computed)
        {
            throw config.Refuse(key, $"is {(computed ? "false" : "true")}, which cannot be computed with this architecture yet. Choose another model.");
        }
    }

    /// <summary>The activation that the file names, one name for the several that the tanh form of GELU has; null where it names none.</summary>
    public string? Activation() => (config.Text("hidden_activation") ?? config.Text("hidden_act")) switch
    {
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => "gelu_pytorch_tanh",
        "swish" => "silu",
        string other => other,
        null => null,
    };

    /// <summary>The mixture of experts; null when the model is dense.</summary>
    /// <param name="countKey">Where the number of experts stands.</param>
    /// <param name="size">Floats between an expert's projections.</param>
    public ExpertSpec? Experts(string countKey, int size) => config.Int(countKey, 0, MostHeads) is int count and > 0
        ? new ExpertSpec { Count = count, Used = config.RequireInt("num_experts_per_tok", 1, count), Size = size, Stacked = tensors.Names.Any(name => name.Contains(".switch_mlp.", StringComparison.Ordinal) || name.Contains(".experts.down_proj", StringComparison.Ordinal)) }
        : null;

    /// <summary>The window, and for each layer whether it slides.</summary>
    /// <param name="spec">What was read so far.</param>
    /// <param name="slides">The architecture's own pattern; layer_types replaces it.</param>
    public ModelSpec WithWindow(ModelSpec spec, Func<int, bool> slides)
    {
        IReadOnlyList<string>? types = config.Texts("layer_types");
        return types is null || types.Count == spec.LayerCount
            ? spec with
            {
                SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0,
                SlidingLayers = [.. Enumerable.Range(0, spec.LayerCount).Select(layer => types is null ? slides(layer) : types[layer] == "sliding_attention")],
            }
            : throw config.Refuse("layer_types", $"has {types.Count} entries for {spec.LayerCount} layers. Download the model again.");
    }

    /// <summary>A rotation of its own, without the scaling of config.json.</summary>
    public static RopeSpec PlainRope(ModelSpec spec, double frequencyBase) =>
        new([.. RopeFrequencies.Plain(frequencyBase, spec.Ropes[0].Rotated)], 1, spec.Ropes[0].AdjacentPairs);

    /// <summary>What says how rotations are scaled, under its newer or older name; of a model with two rotations that of the layers that see everything.</summary>
    public static FolderConfig? Scaling(FolderConfig config)
    {
        FolderConfig? parameters = config.Object("rope_parameters");
        return parameters?.Object("full_attention") ?? parameters ?? config.Object(ScalingKey);
    }

    private RopeSpec Rope(int headSize, int context, bool adjacentPairs, int? turned)
    {
        FolderConfig? scaling = Scaling(config);
        double frequencyBase = scaling?.Positive("rope_theta") ?? config.Positive("rope_theta") ?? 10000;
        int rotated = turned ?? Rotated(headSize, scaling);
        double[] frequencies = RopeFrequencies.Plain(frequencyBase, rotated);
        string type = scaling?.Text("rope_type") ?? scaling?.Text("type") ?? "default";
        double magnitude = 1;
        switch (type)
        {
            // Dynamic scaling begins beyond max_position_embeddings, which are all positions that are offered.
            case "default" or "dynamic":
                break;
            case "linear":
                double divisor = scaling!.RequirePositive("factor");
                frequencies = Array.ConvertAll(frequencies, frequency => frequency / divisor);
                break;
            case "llama3":
                double low = scaling!.RequirePositive("low_freq_factor");
                double high = scaling.RequirePositive("high_freq_factor");

                // Llama 4 is published with equal factors: a step instead of a slope.
                if (high < low || (high == low && architecture != "llama4"))
                {
                    throw scaling.Refuse("high_freq_factor", $"is {high}, not above low_freq_factor ({low}). Download the model again.");
                }

                int original = scaling.RequireInt("original_max_position_embeddings", 1, LongestContext);
                frequencies = RopeFrequencies.Llama3(frequencies, scaling.RequirePositive("factor"), low, high, original);
                break;
            case "yarn":
                double factor = scaling!.RequirePositive("factor");
                double trained = scaling.Int("original_max_position_embeddings", 1, LongestContext) ?? context;
                frequencies = RopeFrequencies.Yarn(frequencies, frequencyBase, factor, trained, scaling.Positive("beta_fast") ?? 32, scaling.Positive("beta_slow") ?? 1, scaling.Flag("truncate") ?? true);
                magnitude = scaling.Positive("attention_factor") ?? (scaling.Positive("mscale") is { } some && scaling.Positive("mscale_all_dim") is { } all
                    ? RopeFrequencies.YarnMagnitude(factor, some) / RopeFrequencies.YarnMagnitude(factor, all)
                    : RopeFrequencies.YarnMagnitude(factor));
                break;
            case "longrope" or "su":
                return LongRope(scaling!, frequencies, context, adjacentPairs);
            default:
                throw config.Refuse(ScalingKey, $"has the type \"{type}\"; default, linear, dynamic, llama3, yarn and longrope are known. Choose another model.");
        }

        return new RopeSpec([.. frequencies], magnitude, adjacentPairs);
    }

    private int Rotated(int headSize, FolderConfig? scaling)
    {
        const string Key = "partial_rotary_factor";
        double share = scaling?.Positive(Key) ?? config.Positive(Key) ?? 1;
        int rotated = (int)(headSize * share);
        return share <= 1 && rotated >= 2 && rotated % 2 == 0
            ? rotated
            : throw config.Refuse(Key, $"is {share}, which turns {rotated} of {headSize} elements of a head; an even number of at least 2 is needed. Download the model again.");
    }

    /// <summary>LongRoPE (arXiv 2402.13753): a divisor for each pair, others for contexts longer than the original one.</summary>
    private RopeSpec LongRope(FolderConfig scaling, double[] frequencies, int context, bool adjacentPairs)
    {
        int original = config.Int("original_max_position_embeddings", 1, LongestContext) ?? scaling.Int("original_max_position_embeddings", 1, LongestContext) ?? context;
        double factor = scaling.Positive("factor") ?? (double)context / original;
        double? given = scaling.Positive("short_mscale");
        if (given is not null && scaling.Positive("long_mscale") is { } other && other != given)
        {
            throw scaling.Refuse("long_mscale", $"is {other}, and short_mscale is {given}; one factor for both can be computed. Choose another model.");
        }

        double magnitude = scaling.Positive("attention_factor") ?? given ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (CanonicalMath.Log(factor) / CanonicalMath.Log(original))));
        return new RopeSpec([.. Divided(scaling, "short_factor", frequencies)], magnitude, adjacentPairs)
        {
            LongFrequencies = [.. Divided(scaling, "long_factor", frequencies)],
            LongBeyond = original,
        };
    }

    private static double[] Divided(FolderConfig scaling, string key, double[] frequencies)
    {
        IReadOnlyList<double> divisors = scaling.Numbers(key) ?? throw scaling.Missing(key);
        return divisors.Count == frequencies.Length && divisors.All(divisor => divisor > 0 && double.IsFinite(divisor))
            ? [.. frequencies.Zip(divisors, (frequency, divisor) => frequency / divisor)]
            : throw scaling.Refuse(key, $"has {divisors.Count} numbers; {frequencies.Length} above 0 are needed, a divisor for each pair. Download the model again.");
    }
}
