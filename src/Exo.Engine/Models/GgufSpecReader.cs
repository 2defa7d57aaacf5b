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
        int layers = Layers();
        int context = metadata.RequireInt(Key("context_length"), 1, LongestContext);
        int embedding = metadata.RequireInt(Key("embedding_length"), 1, LargestSize);
        StoredTensor tokens = tensors.Require("token_embd.weight");
        if (tokens.Shape.Length != 2 || tokens.Shape[1] != embedding || tokens.Shape[0] > LargestSize)
        {
            throw tensors.Refuse(tokens, $"has the shape {tokens.ShapeText} and {Key("embedding_length")} is {embedding}. Convert the model again.");
        }

        int vocabulary = (int)tokens.Shape[0];
        int heads = attention ? Same("attention.head_count", layers, 1, MostHeads) ?? throw metadata.Missing(Key("attention.head_count")) : 0;
        int kvHeads = attention ? Same("attention.head_count_kv", layers, 1, heads) ?? heads : 0;
        if (attention && heads % kvHeads != 0)
        {
            throw metadata.Refuse(Key("attention.head_count_kv"), $"is {kvHeads}, which does not divide {Key("attention.head_count")} ({heads}). Convert the model again.");
        }

        int headSize = !attention ? 0 : sizeOfHead ?? HeadSize(embedding, heads);
        int feedForward = attention ? Same("feed_forward_length", layers, 1, LargestSize) ?? throw metadata.Missing(Key("feed_forward_length")) : 0;
        CheckExperts(experts, layers);
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
            TokenTypes = tensors.Find("token_types.weight") is not { Shape: [long types, _] } ? 0
                : metadata.GetInt("tokenizer.ggml.token_type_count", 1, MostLayers) ?? (int)Math.Min(types, MostLayers),
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

    /// <summary>A number above zero; null when absent, or 0, which says that it is not set.</summary>
    public double? OptionalFactor(string name) => metadata.GetNumber(Key(name)) is { } value and not 0 ? Positive(name, value) : null;

    /// <summary>A cap of scores or logits; 0 in a file: off.</summary>
    /// <param name="name">Key behind the architecture's name.</param>
    /// <param name="otherwise">The cap of files that do not say.</param>
    public float Softcap(string name, double otherwise) => (float)(metadata.GetNumber(Key(name)) is not { } value ? otherwise : value == 0 ? 0 : Positive(name, value));

    /// <summary>The window, for each layer whether it slides, and the rotation of those layers where the file has another base for them.</summary>
    /// <param name="spec">What was read so far.</param>
    /// <param name="period">Of so many layers the last sees everything, unless the file tells otherwise; 0: none does.</param>
    /// <param name="otherwise">The window of files that do not say.</param>
    public ModelSpec WithWindow(ModelSpec spec, int period, int otherwise = 0)
    {
        int window = metadata.GetInt(Key("attention.sliding_window"), 0, LongestContext) ?? otherwise;
        return window == 0 ? spec : WithSlidingRope(spec) with { SlidingWindow = window, SlidingLayers = [.. Slides(spec, period)] };
    }

    /// <summary>For each layer whether it slides. A file may hold an array, or a number that stands in place of the period.</summary>
    public bool[] Slides(ModelSpec spec, int period)
    {
        const string Pattern = "attention.sliding_window_pattern";
        if (Flags(Pattern, spec) is { } given)
        {
            return given;
        }

        int every = metadata.GetInt(Key(Pattern), 0, MostLayers) ?? period;
        return [.. Enumerable.Range(0, spec.LayerCount).Select(layer => every == 0 || layer % every < every - 1)];
    }

    /// <summary>A truth value for each layer; null when the file holds no array of that name.</summary>
    public bool[]? Flags(string name, ModelSpec spec)
    {
        if (!metadata.IsArray(Key(name)))
        {
            return null;
        }

        // Those of layers that guess tokens ahead stand behind the others.
        bool[] flags = metadata.GetBools(Key(name)) ?? [];
        return flags.Length >= spec.LayerCount
            ? flags[..spec.LayerCount]
            : throw metadata.Refuse(Key(name), $"has {flags.Length} entries for {spec.LayerCount} layers. Convert the model again.");
    }

    /// <summary>Sliding layers turn with the second rotation, where the file has another base for them.</summary>
    public ModelSpec WithSlidingRope(ModelSpec spec) => OptionalPositive("rope.freq_base_swa") is { } sliding && spec.Ropes is [{ } rope, ..]
        ? spec with { Ropes = [rope, Rope(spec.HeadSize, spec.ContextLength, rope.AdjacentPairs, sliding)] }
        : spec;

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

    /// <summary>The layers that compute; those behind them guess tokens ahead and are left out.</summary>
    private int Layers()
    {
        int all = metadata.RequireInt(Key("block_count"), 1, MostLayers);
        return all - (metadata.GetInt(Key("nextn_predict_layers"), 0, all - 1) ?? 0);
    }

    /// <summary>A number that may stand in the file once or for each layer, as long as it is the same; null when absent.</summary>
    private int? Same(string name, int layers, int least, int most)
    {
        if (!metadata.IsArray(Key(name)))
        {
            return metadata.GetInt(Key(name), least, most);
        }

        long[] each = metadata.GetIntegers(Key(name)) ?? [];
        if (each.Length < layers || each.Take(layers).Any(number => number != each[0]))
        {
            throw metadata.Refuse(Key(name), $"differs from layer to layer, or has {each.Length} entries for {layers} layers; layers of one size can be computed. Choose another model.");
        }

        return each[0] >= least && each[0] <= most ? (int)each[0] : throw metadata.Refuse(Key(name), $"holds {each[0]}; {least} to {most} are possible. Convert the model again.");
    }

    /// <summary>The mixture of experts that a file tells of; null when it is dense.</summary>
    /// <param name="spec">What was read so far.</param>
    /// <param name="divided">Whether files that do not tell an expert's size mean that the experts of a token share the feed-forward length.</param>
    public ExpertSpec? Experts(ModelSpec spec, bool divided = false) => (metadata.GetInt(Key("expert_count"), 0, MostHeads) ?? 0) is int count and > 0
        ? new ExpertSpec
        {
            Count = count,
            Used = Used(spec.LayerCount, count),
            Size = Same("expert_feed_forward_length", spec.LayerCount, 0, LargestSize) is int size and > 0 ? size : Math.Max(1, spec.FeedForwardSize / (divided ? Used(spec.LayerCount, count) : 1)),
            Scale = (float)(OptionalFactor("expert_weights_scale") ?? 1),
            LeadingDense = metadata.GetInt(Key("leading_dense_block_count"), 0, spec.LayerCount) ?? 0,
            Stacked = tensors.Find("blk.0.ffn_down_exps.0.weight") is null,
        }
        : null;

    /// <summary>Floats of the experts that every token visits, which files count by experts.</summary>
    public int SharedExperts(ExpertSpec experts) => experts.Size * (metadata.GetInt(Key("expert_shared_count"), 0, MostHeads) ?? 0);

    private int Used(int layers, int count) => Same("expert_used_count", layers, 1, count) ?? throw metadata.Missing(Key("expert_used_count"));

    private void CheckExperts(bool possible, int layers)
    {
        int experts = metadata.GetInt(Key("expert_count"), 0, MostHeads) ?? 0;
        int used = Same("expert_used_count", layers, 0, MostHeads) ?? 0;
        if (used > experts)
        {
            throw metadata.Refuse(Key("expert_used_count"), $"is {used}, more than {Key("expert_count")} ({experts}). Convert the model again.");
        }

        if (experts > 0 && !possible)
        {
            throw metadata.Refuse(Key("expert_count"), $"is {experts}: mixtures of experts cannot be computed with this architecture yet. Choose a dense model; docs/adding-a-model.md tells how one is added.");
        }
    }

    private RopeSpec Rope(int headSize, int context, bool adjacentPairs, double? slidingBase = null)
    {
        double frequencyBase = slidingBase ?? OptionalPositive("rope.freq_base") ?? 10000;
        int rotated = metadata.GetInt(Key("rope.dimension_count"), 2, headSize) ?? headSize;
        if (rotated % 2 != 0)
        {
            throw metadata.Refuse(Key("rope.dimension_count"), $"is {rotated}; an even number is needed. Convert the model again.");
        }

        double[] frequencies = RopeFrequencies.Plain(frequencyBase, rotated);
        double magnitude = OptionalPositive("rope.scaling.attn_factor") ?? 1;

        // Files from before there were several scalings hold a factor only, and the first of them under another name.
        string scaling = metadata.GetString(Key("rope.scaling.type")) ?? "linear";
        double factor = OptionalFactor("rope.scaling.factor") ?? OptionalFactor("rope.scale_linear") ?? 1;
        switch (scaling)
        {
            case "none":
                break;
            case "linear" or "longrope":
                frequencies = Array.ConvertAll(frequencies, frequency => frequency / factor);
                break;
            case "yarn":
                int original = metadata.GetInt(Key("rope.scaling.original_context_length"), 1, LongestContext) ?? context;
                double fast = OptionalPositive("rope.scaling.yarn_beta_fast") ?? 32;
                double slow = OptionalPositive("rope.scaling.yarn_beta_slow") ?? 1;
                frequencies = RopeFrequencies.Yarn(frequencies, frequencyBase, factor, original, fast, slow);
                magnitude *= YarnMagnitude(factor);
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

    /// <summary>YaRN's factor of cosine and sine: less what the multiplier puts into the scores instead, which DeepSeek's files count in tenths and put there whole.</summary>
    private double YarnMagnitude(double factor) => OptionalFactor("rope.scaling.yarn_log_multiplier") is not { } multiplier ? RopeFrequencies.YarnMagnitude(factor)
        : architecture == "deepseek2" ? 1
        : RopeFrequencies.YarnMagnitude(factor) / RopeFrequencies.YarnMagnitude(factor, multiplier);

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
