using System.Collections.Immutable;
using Exo.Engine.Formats;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>Finds the matrices that a folder stores quantised, in several tensors each, and checks the tensors against each other and config.json.</summary>
internal sealed class PackedFolder(ModelFolder folder)
{
    private static readonly string[] s_parts =
        [".scales", ".biases", ".global_scale", ".weight_scale_inv", ".weight_scale", ".input_scale", ".activation_scale", ".qzeros", ".g_idx", ".weight_g_idx", ".weight_zero_point", ".weight_shape", "_scales"];

    private readonly PackingConfig _config = PackingConfig.Read(folder.Config);

    /// <summary>Whether the name is that of a scale or another companion of a matrix.</summary>
    public bool IsPart(string name) =>
        _config.Method != PackingMethod.None && s_parts.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    /// <summary>Null where the folder stores no quantised matrix of that name.</summary>
    /// <param name="name">"model.layers.0.self_attn.q_proj.weight"</param>
    /// <exception cref="ModelFileException">Parts are missing or do not fit each other.</exception>
    public StoredTensor? Find(string name)
    {
        string stem = name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] : name;
        if (_config.Method == PackingMethod.None)
        {
            RequirePlain(stem);
            return null;
        }

        return _config.Method switch
        {
            PackingMethod.Mlx => Mlx(stem, name),
            PackingMethod.Mxfp4 => Experts(name),
            PackingMethod.Gptq or PackingMethod.Awq => Words(stem),
            PackingMethod.CompressedTensors => Compressed(stem) ?? Fp8(stem, name, ".weight_scale"),
            _ => Fp8(stem, name, folder.Tensors.ContainsKey(stem + ".weight_scale") ? ".weight_scale" : ".weight_scale_inv"),
        };
    }

    private void RequirePlain(string stem)
    {
        foreach (string codes in new[] { ".qweight", ".weight_packed" })
        {
            if (folder.Tensors.ContainsKey(stem + codes))
            {
                throw Refuse(stem + codes, "is quantised, and config.json has no quantization_config that tells how. Download config.json again, or convert the model with a newer program.");
            }
        }
    }

    private StoredTensor? Mlx(string stem, string name)
    {
        if (Part(name) is not { } codes || folder.Tensors[name].Type != "U32")
        {
            return null;
        }

        MlxPacking packing = _config.Mlx(stem) ?? throw Refuse(name, $"is stored as U32, and quantization in config.json says that {stem} is not quantised. Download the model again.");
        StoredTensor scales = Need(stem + ".scales");
        long words = codes.Shape[^1];
        long columns = words * 32 / packing.Bits;
        if (codes.Shape.Length is < 2 or > 3 || words * 32 % packing.Bits != 0 || columns % packing.Group != 0)
        {
            throw Refuse(name, $"has the shape {codes.ShapeText}, which holds no whole groups of {packing.Group} codes of {packing.Bits} bits. quantization in config.json and the tensor disagree: download the model again.");
        }

        ImmutableArray<long> needed = codes.Shape.SetItem(codes.Shape.Length - 1, columns / packing.Group);
        RequireShape(scales, needed, name);
        bool affine = packing.Scheme == PackedScheme.MlxAffine;
        bool fits = affine ? scales.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16 : folder.Tensors[scales.Name].Type == "U8";
        if (!fits)
        {
            throw Refuse(scales.Name, $"is stored as {folder.Tensors[scales.Name].Type}, which does not fit the mode of quantization in config.json. Download the model again.");
        }

        StoredTensor? biases = affine ? Need(stem + ".biases") : null;
        if (biases is not null)
        {
            RequireShape(biases, needed, name);
            if (biases.Type != scales.Type)
            {
                throw Refuse(biases.Name, $"is stored as {biases.Type}, and the scales as {scales.Type}. Download the model again.");
            }
        }

        PackedWeights packed = new(packing.Scheme, packing.Bits, packing.Group, 1, codes, scales) { Offsets = biases, Global = Global(stem) };
        return Whole(name, codes.Shape.SetItem(codes.Shape.Length - 1, columns), packed);
    }

    private unsafe float Global(string stem) => Part(stem + ".global_scale") is { Type: TensorType.F32, Bytes: 4 } global ? *(float*)global.Data / (448f * 6f) : 1;

    /// <summary>[experts, rows, groups, 16] and [experts, rows, groups]</summary>
    private StoredTensor? Experts(string name)
    {
        if (Part(name + "_blocks") is not { } blocks)
        {
            return null;
        }

        StoredTensor scales = Need(name + "_scales");
        if (blocks.Shape.Length != 4 || blocks.Shape[3] != 16)
        {
            throw Refuse(blocks.Name, $"has the shape {blocks.ShapeText}; [experts, rows, groups, 16] is needed. Download the model again.");
        }

        RequireShape(scales, blocks.Shape.RemoveAt(3), blocks.Name);
        PackedWeights packed = new(PackedScheme.Mxfp4, 4, 32, 1, blocks, scales);
        return Whole(blocks.Name, [blocks.Shape[0], blocks.Shape[1], blocks.Shape[2] * 32], packed);
    }

    private StoredTensor? Fp8(string stem, string name, string suffix)
    {
        if (Part(name) is not { } codes || folder.Tensors[name].Type is not ("F8_E4M3" or "F8_E5M2"))
        {
            return null;
        }

        PackedScheme scheme = folder.Tensors[name].Type == "F8_E4M3" ? PackedScheme.Fp8 : PackedScheme.Fp8E5M2;

        StoredTensor scales = Need(stem + suffix);
        (int blockRows, int blockColumns) = _config.Fp8Block ?? (128, 128);
        long rows = codes.Shape.Length == 2 ? codes.Shape[0] : throw Refuse(name, $"has the shape {codes.ShapeText}; [rows, columns] is needed. Download the model again.");
        long columns = codes.Shape[1];
        if (scales.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
        {
            throw Refuse(scales.Name, $"is stored as {folder.Tensors[scales.Name].Type}; floats are needed. Download the model again.");
        }

        if (scales.Shape.Aggregate(1L, (product, n) => product * n) == 1 && (suffix == ".weight_scale" || _config.Fp8Block is null))
        {
            (blockRows, blockColumns) = (int.MaxValue, int.MaxValue);
        }
        else if (suffix == ".weight_scale" && scales.Shape.Length is 1 or 2 && scales.Shape[0] == rows && (scales.Shape.Length == 1 || scales.Shape[1] == 1))
        {
            (blockRows, blockColumns) = (1, int.MaxValue);
        }
        else
        {
            RequireShape(scales, [(rows + blockRows - 1) / blockRows, (columns + blockColumns - 1) / blockColumns], name);
        }

        return Whole(name, codes.Shape, new PackedWeights(scheme, 8, blockColumns, blockRows, codes, scales));
    }

    private StoredTensor? Words(string stem)
    {
        if (Part(stem + ".qweight") is not { } codes)
        {
            return null;
        }

        StoredTensor scales = Need(stem + ".scales");
        StoredTensor zeros = Need(stem + ".qzeros");
        int perWord = 32 / _config.Bits;
        bool awq = _config.Method == PackingMethod.Awq;
        if (codes.Shape.Length != 2 || codes.Type != TensorType.I32 || zeros.Type != TensorType.I32 || scales.Type is not (TensorType.F16 or TensorType.BF16 or TensorType.F32))
        {
            throw Refuse(codes.Name, $"and its scales and zero points are stored as {codes.Type} {codes.ShapeText}, {scales.Type} and {zeros.Type}; I32 [rows, columns], floats and I32 are needed. Download the model again.");
        }

        long inputs = awq ? codes.Shape[0] : codes.Shape[0] * perWord;
        long outputs = awq ? codes.Shape[1] * perWord : codes.Shape[1];
        int group = _config.Group <= 0 ? checked((int)inputs) : _config.Group;
        if (inputs % perWord != 0 || outputs % perWord != 0)
        {
            throw Refuse(codes.Name, $"has the shape {codes.ShapeText}, which holds no whole words of {perWord} codes both ways. Download the model again.");
        }

        long groups = (inputs + group - 1) / group;
        RequireShape(scales, [groups, outputs], codes.Name);
        RequireShape(zeros, [groups, outputs / perWord], codes.Name);
        PackedScheme scheme = awq ? PackedScheme.Awq : _config.ZeroPointsAreWhole ? PackedScheme.GptqV2 : PackedScheme.Gptq;
        StoredTensor? order = awq ? null : Order(stem + ".g_idx", inputs, groups, group);
        return Whole(codes.Name, [outputs, inputs], new PackedWeights(scheme, _config.Bits, group, 1, codes, scales) { Offsets = zeros, Order = order });
    }

    /// <summary>The groups of the columns; null where they are in order.</summary>
    private unsafe StoredTensor? Order(string name, long inputs, long groups, int group)
    {
        if (Part(name) is not { } order)
        {
            return null;
        }

        RequireShape(order, [inputs], "the matrix");
        ReadOnlySpan<int> of = order.Type == TensorType.I32 ? new(order.Data, (int)inputs) : throw Refuse(order.Name, $"is stored as {order.Type}; I32 is needed. Download the model again.");
        bool plain = true;

        // compressed-tensors writes -1 where it did not set an order.
        if (_config.Method == PackingMethod.CompressedTensors && of.Contains(-1))
        {
            return null;
        }

        for (int k = 0; k < of.Length; k++)
        {
            if (of[k] < 0 || of[k] >= groups)
            {
                throw Refuse(order.Name, $"names group {of[k]} of {groups}. Download the model again.");
            }

            plain &= of[k] == k / group;
        }

        return plain ? null : order;
    }

    private unsafe StoredTensor? Compressed(string stem)
    {
        if (Part(stem + ".weight_packed") is not { } codes)
        {
            return null;
        }

        StoredTensor scales = Need(stem + ".weight_scale");
        StoredTensor shape = Need(stem + ".weight_shape");
        int perWord = 32 / _config.Bits;
        if (codes.Shape.Length != 2 || codes.Type != TensorType.I32 || shape is not { Type: TensorType.I64, Bytes: 16 } || scales.Type is not (TensorType.F16 or TensorType.BF16 or TensorType.F32))
        {
            throw Refuse(codes.Name, "and its companions are not I32 [rows, words], I64 [2] and floats. Download the model again.");
        }

        (long outputs, long inputs) = (((long*)shape.Data)[0], ((long*)shape.Data)[1]);
        if (outputs != codes.Shape[0] || inputs < 1 || inputs > codes.Shape[1] * perWord || (inputs + perWord - 1) / perWord != codes.Shape[1])
        {
            throw Refuse(shape.Name, $"is [{outputs}, {inputs}], which {codes.Name} of {codes.ShapeText} does not hold. Download the model again.");
        }

        int group = _config.Group <= 0 ? checked((int)inputs) : _config.Group;
        long groups = (inputs + group - 1) / group;
        RequireShape(scales, [outputs, groups], codes.Name);
        StoredTensor? zeros = Part(stem + ".weight_zero_point");
        if (zeros is not null)
        {
            RequireShape(zeros, [(outputs + perWord - 1) / perWord, groups], codes.Name);
        }

        return Whole(codes.Name, [outputs, inputs], new PackedWeights(PackedScheme.CompressedInt, _config.Bits, group, 1, codes, scales) { Offsets = zeros, Order = Order(stem + ".weight_g_idx", inputs, groups, group) });
    }

    private static StoredTensor Whole(string name, ImmutableArray<long> shape, PackedWeights packed) =>
        new(name, TensorType.Packed, shape, packed.Codes.Address, packed.Parts.Sum(part => part.Bytes)) { Packed = packed };

    private StoredTensor Need(string name) =>
        Part(name) ?? throw new ModelFileException($"{folder.Path}: the tensor {name} is missing, without which the quantised weights cannot be read. Download the model again.");

    private StoredTensor? Part(string name) =>
        folder.Tensors.TryGetValue(name, out SafetensorsTensor? tensor)
            ? new StoredTensor(name, StoredTypes.Of(tensor.Type) ?? throw Refuse(name, $"is stored as {tensor.Type}, which quantised weights do not use. Download the model again."), tensor.Shape, tensor.Address, tensor.End - tensor.Begin)
            : null;

    private void RequireShape(StoredTensor tensor, ImmutableArray<long> needed, string weights)
    {
        if (!tensor.Shape.SequenceEqual(needed))
        {
            throw Refuse(tensor.Name, $"has the shape {tensor.ShapeText}; {weights} needs [{string.Join(", ", needed)}]. Download the model again.");
        }
    }

    private ModelFileException Refuse(string name, string reason) => new($"{folder.Path}: tensor {name} {reason}");
}
