using Exo.Engine.Formats;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>What config.json tells of quantised weights.</summary>
internal sealed class PackingConfig
{
    private const string MlxKey = "quantization";
    private const string Key = "quantization_config";

    private readonly FolderConfig? _mlx;

    private PackingConfig(PackingMethod method, FolderConfig? mlx) => (Method, _mlx) = (method, mlx);

    public PackingMethod Method { get; }

    /// <summary>Bits of a code of GPTQ, AWQ and compressed-tensors.</summary>
    public int Bits { get; private init; } = 4;

    /// <summary>Columns of a scale; at most 0 for the whole row.</summary>
    public int Group { get; private init; } = -1;

    /// <summary>Rows and columns of a scale of FP8.</summary>
    public (int Rows, int Columns) Fp8Block { get; private init; } = (128, 128);

    /// <summary>Whether GPTQ's zero points are stored as they are, not one lower.</summary>
    public bool ZeroPointsAreWhole { get; private init; }

    /// <exception cref="ModelFileException">A value cannot be, or the method is not known.</exception>
    public static PackingConfig Read(FolderConfig config)
    {
        FolderConfig? other = config.Object(Key);
        FolderConfig? mlx = config.Object(MlxKey);
        string? method = other?.Text("quant_method");
        if (method is null)
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
            "fp8" => new PackingConfig(PackingMethod.Fp8, null) { Fp8Block = Block(quantised) },
            "mxfp4" => new PackingConfig(PackingMethod.Mxfp4, null),
            "gptq" => new PackingConfig(PackingMethod.Gptq, null) { Bits = WordBits(quantised, "bits"), Group = GroupOf(quantised), ZeroPointsAreWhole = quantised.Text("checkpoint_format") == "gptq_v2" },
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
        if (mlx.IsFalse(module))
        {
            return null;
        }

        return Packing(mlx.Contains(module) ? mlx.Object(module)! : mlx, mlx);
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

    private static (int Rows, int Columns) Block(FolderConfig config)
    {
        const string Name = "weight_block_size";
        IReadOnlyList<double>? sizes = config.Numbers(Name);
        return sizes is null ? (128, 128)
            : sizes.Count == 2 && sizes.All(size => size is >= 1 and <= 1 << 20 && size == Math.Floor(size)) ? ((int)sizes[0], (int)sizes[1])
            : throw config.Refuse(Name, $"is [{string.Join(", ", sizes)}]; two whole numbers above 0 are needed. Download the model again.");
    }

    private static PackingConfig Compressed(FolderConfig config)
    {
        string format = config.Text("format") ?? "pack-quantized";
        if (format is not ("pack-quantized" or "float-quantized"))
        {
            throw config.Refuse("format", $"is \"{format}\"; pack-quantized and float-quantized are read. Choose the unquantised model, or a GGUF file of it.");
        }

        FolderConfig groups = config.Object("config_groups") ?? throw config.Missing("config_groups");
        FolderConfig[] weights = [.. groups.Keys.Select(key => groups.Object(key)?.Object("weights")).OfType<FolderConfig>()];
        if (weights.Length != 1)
        {
            throw config.Refuse("config_groups", $"has {weights.Length} groups with weights; one is read. Choose the unquantised model, or a GGUF file of it.");
        }

        return new PackingConfig(PackingMethod.CompressedTensors, null) { Bits = WordBits(weights[0], "num_bits"), Group = GroupOf(weights[0]) };
    }
}
