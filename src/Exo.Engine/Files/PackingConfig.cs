using Exo.Engine.Formats;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>What config.json tells of quantised weights.</summary>
internal sealed class PackingConfig
{
    private const string MlxKey = "quantization";
    private const string Key = "quantization_config";
    private const string Remedy = "Choose the unquantised model, or a GGUF file of it.";

    private readonly FolderConfig? _mlx;

    private PackingConfig(PackingMethod method, FolderConfig? mlx) => (Method, _mlx) = (method, mlx);

    public PackingMethod Method { get; }

    /// <summary>Bits of a code of GPTQ, AWQ and compressed-tensors.</summary>
    public int Bits { get; private init; } = 4;

    /// <summary>Columns of a scale; at most 0 for the whole row.</summary>
    public int Group { get; private init; } = -1;

    /// <summary>Rows and columns of a scale of FP8; null where config.json does not say.</summary>
    public (int Rows, int Columns)? Fp8Block { get; private init; }

    /// <summary>Whether GPTQ's zero points are stored as they are, not one lower.</summary>
    public bool ZeroPointsAreWhole { get; private init; }

    /// <exception cref="ModelFileException">A value cannot be, or the method is not known.</exception>
    public static PackingConfig Read(FolderConfig config)
    {
        FolderConfig? other = config.Object(Key) ?? config.Object("text_config")?.Object(Key);
        FolderConfig? mlx = config.Object(MlxKey);
        string? method = MethodOf(other);

        // MLX's own object counts: a repository may keep what the weights that it was made of were quantised by.
        if (method is null || mlx is not null)
        {
            mlx ??= other;
            if (mlx is null)
            {
                return new PackingConfig(PackingMethod.None, null);
            }

            PackingConfig packing = new(PackingMethod.Mlx, mlx);
            packing.Validate();
            return packing;
        }

        FolderConfig quantised = other!;
        return method switch
        {
            "fp8" => new PackingConfig(PackingMethod.Fp8, null) { Fp8Block = Block(quantised, "weight_block_size") },
            "mxfp4" => new PackingConfig(PackingMethod.Mxfp4, null),
            "gptq" => Gptq(quantised),
            "awq" when (quantised.Text("version") ?? "gemm").Equals("gemm", StringComparison.OrdinalIgnoreCase) && WordBits(quantised, "bits") == 4 =>
                new PackingConfig(PackingMethod.Awq, null) { Group = GroupOf(quantised) },
            "compressed-tensors" => Compressed(quantised),
            _ => throw config.Refuse(Key + ".quant_method", $"is \"{method}\"{(method == "awq" ? " with a version or bits that are not read" : "")}; fp8, mxfp4, gptq, awq (gemm, 4 bits), compressed-tensors and the quantization of MLX are read. Choose the unquantised model, or a GGUF file of it."),
        };
    }

    /// <summary>How MLX packed a module; null where the object says that it did not.</summary>
    /// <param name="module">"model.layers.0.self_attn.q_proj"</param>
    public MlxPacking? Mlx(string module)
    {
        FolderConfig mlx = _mlx!;
        return mlx.Word(module) switch
        {
            false => null,
            true => Packing(mlx, mlx),
            null => Packing(mlx.Object(module) ?? mlx, mlx),
        };
    }

    private void Validate()
    {
        foreach (string module in _mlx!.Keys.Where(key => key.Contains('.', StringComparison.Ordinal)))
        {
            _ = Mlx(module);
        }

        _ = Packing(_mlx, _mlx);
    }

    private static MlxPacking Packing(FolderConfig own, FolderConfig general)
    {
        string mode = own.Text("mode") ?? "affine";
        int bits = own.Int("bits", 2, 8) ?? general.RequireInt("bits", 2, 8);
        int group = own.Int("group_size", 1, 1024) ?? general.RequireInt("group_size", 1, 1024);
        (PackedScheme scheme, bool fits) = mode switch
        {
            "affine" => (PackedScheme.MlxAffine, bits != 7 && group is 32 or 64 or 128),
            "mxfp4" => (PackedScheme.Mxfp4, bits == 4 && group == 32),
            "mxfp8" => (PackedScheme.Mxfp8, bits == 8 && group == 32),
            "nvfp4" => (PackedScheme.Nvfp4, bits == 4 && group == 16),
            _ => throw own.Refuse("mode", $"is \"{mode}\"; affine, mxfp4, mxfp8 and nvfp4 are read. Choose the unquantised model, or a GGUF file of it."),
        };
        return fits
            ? new MlxPacking(scheme, bits, group)
            : throw own.Refuse("bits", $"is {bits} with group_size {group} and mode {mode}; affine has 2, 3, 4, 5, 6 or 8 bits in groups of 32, 64 or 128, mxfp4 4 and mxfp8 8 bits in groups of 32, nvfp4 4 bits in groups of 16. Download the model again.");
    }

    private static int WordBits(FolderConfig config, string key) => config.Int(key, 2, 8) switch
    {
        null => 4,
        2 or 4 or 8 => config.RequireInt(key, 2, 8),
        { } bits => throw config.Refuse(key, $"is {bits}; 2, 4 and 8 are read. Choose the unquantised model, or a GGUF file of it."),
    };

    private static int GroupOf(FolderConfig config) => config.Int("group_size", -1, 1 << 20) switch
    {
        null => -1,
        0 => throw config.Refuse("group_size", "is 0; -1 (the whole row) or a number above 0 is needed. Download the model again."),
        { } group => group,
    };

    private static (int Rows, int Columns)? Block(FolderConfig config, string key)
    {
        IReadOnlyList<double>? sizes = config.Numbers(key);
        return sizes is null ? null
            : sizes.Count == 2 && sizes.All(size => size is >= 1 and <= 1 << 20 && size == Math.Floor(size)) ? ((int)sizes[0], (int)sizes[1])
            : throw config.Refuse(key, $"is [{string.Join(", ", sizes)}]; two whole numbers above 0 are needed. Download the model again.");
    }

    /// <summary>The method's name, which the first repositories of bitsandbytes do not give.</summary>
    private static string? MethodOf(FolderConfig? config) => config is null ? null
        : config.Text("quant_method") ?? (config.Word("load_in_4bit") == true || config.Word("load_in_8bit") == true ? "bitsandbytes" : null);

    private static PackingConfig Gptq(FolderConfig config)
    {
        const string Format = "checkpoint_format";
        if (config.Text(Format) is { } format and not ("gptq" or "gptq_v2"))
        {
            throw config.Refuse(Format, $"is \"{format}\"; gptq and gptq_v2 are read. {Remedy}");
        }

        if (config.Word("is_marlin_format") == true)
        {
            throw config.Refuse("is_marlin_format", $"is true: weights in the order of Marlin's kernels are not read. {Remedy}");
        }

        int bits = WordBits(config, "bits");
        int group = GroupOf(config);
        FolderConfig? dynamic = config.Object("dynamic");
        foreach (string modules in dynamic?.Keys ?? [])
        {
            // "-:" leaves modules as they are, which their tensors show.
            if (dynamic!.Word(modules) is null && dynamic.Object(modules) is { } own && !modules.StartsWith("-:", StringComparison.Ordinal)
                && ((own.Int("bits", 1, 32) ?? bits) != bits || (own.Int("group_size", -1, 1 << 20) ?? group) != group))
            {
                throw dynamic.Refuse(modules, $"gives modules other bits or another group_size than the rest has, which is not read. {Remedy}");
            }
        }

        return new PackingConfig(PackingMethod.Gptq, null) { Bits = bits, Group = group, ZeroPointsAreWhole = config.Text(Format) == "gptq_v2" };
    }

    private static PackingConfig Compressed(FolderConfig config)
    {
        string format = config.Text("format") ?? "pack-quantized";
        if (format is not ("pack-quantized" or "float-quantized"))
        {
            throw config.Refuse("format", $"is \"{format}\"; pack-quantized and float-quantized are read. {Remedy}");
        }

        if (config.Object("transform_config")?.Object("config_groups")?.Keys.Any() == true)
        {
            throw config.Refuse("transform_config", $"turns the weights and what they are multiplied with, which cannot be computed. {Remedy}");
        }

        if (config.Object("sparsity_config")?.Text("format") is { } sparse and not "dense")
        {
            throw config.Refuse("sparsity_config", $"has the format \"{sparse}\"; weights that leave zeros out are not read. {Remedy}");
        }

        FolderConfig groups = config.Object("config_groups") ?? throw config.Missing("config_groups");
        FolderConfig[] weights = [.. groups.Keys.Select(key => groups.Object(key)?.Object("weights")).OfType<FolderConfig>()];
        if (weights.Length != 1)
        {
            throw config.Refuse("config_groups", $"has {weights.Length} groups with weights; one is read. {Remedy}");
        }

        return new PackingConfig(PackingMethod.CompressedTensors, null) { Bits = WordBits(weights[0], "num_bits"), Group = GroupOf(weights[0]), Fp8Block = Block(weights[0], "block_structure") };
    }
}
