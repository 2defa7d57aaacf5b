namespace Exo.Engine.Formats;

/// <summary>The tensors that make up one matrix of quantised weights in a folder; their shapes were checked against each other.</summary>
/// <param name="Scheme">What they mean.</param>
/// <param name="Bits">Bits of a code.</param>
/// <param name="GroupColumns">Columns of a scale.</param>
/// <param name="GroupRows">Rows of a scale; 1 but for FP8.</param>
/// <param name="Codes">The codes.</param>
/// <param name="Scales">The scales.</param>
internal sealed record PackedWeights(PackedScheme Scheme, int Bits, int GroupColumns, int GroupRows, StoredTensor Codes, StoredTensor Scales)
{
    /// <summary>Biases of MLX, zero points of the int4 forms.</summary>
    public StoredTensor? Offsets { get; init; }

    /// <summary>The group of each column, where they are not in order (GPTQ g_idx).</summary>
    public StoredTensor? Order { get; init; }

    /// <summary>What all scales are multiplied by.</summary>
    public float Global { get; init; } = 1;

    public IEnumerable<StoredTensor> Parts => new[] { Codes, Scales, Offsets, Order }.OfType<StoredTensor>();

    /// <summary>"MLX affine 4-bit"</summary>
    public string Name => Scheme switch
    {
        PackedScheme.MlxAffine => $"MLX affine {Bits}-bit",
        PackedScheme.CompressedInt => $"compressed-tensors int{Bits}",
        PackedScheme.GptqV2 => $"GPTQ v2 int{Bits}",
        PackedScheme.Gptq or PackedScheme.Awq => $"{Scheme.ToString().ToUpperInvariant()} int{Bits}",
        _ => Scheme.ToString().ToUpperInvariant(),
    };

    /// <summary>The matrix of one index of the slowest dimension.</summary>
    public PackedWeights Part(int index) => this with
    {
        Codes = Codes.Part(index),
        Scales = Scales.Part(index),
        Offsets = Offsets?.Part(index),
    };
}
