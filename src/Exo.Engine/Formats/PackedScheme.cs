namespace Exo.Engine.Formats;

/// <summary>How a folder's tensors make up a matrix of quantised weights.</summary>
internal enum PackedScheme
{
    /// <summary>MLX: value = scale · code + bias, each rounded; a row is one stream of bits.</summary>
    MlxAffine,

    /// <summary>Four-bit floats (E2M1) in the order of the columns, a power of two for each group: MLX mxfp4 and the experts of gpt-oss.</summary>
    Mxfp4,

    /// <summary>MLX mxfp8: E4M3 floats, a power of two for each group.</summary>
    Mxfp8,

    /// <summary>MLX nvfp4: E2M1 floats, an E4M3 scale for each group, sometimes one f32 for all.</summary>
    Nvfp4,

    /// <summary>E4M3 floats with a scale for a rectangle, a row, or the whole matrix.</summary>
    Fp8,

    /// <summary>E5M2 floats with a scale for a row or the whole matrix.</summary>
    Fp8E5M2,

    /// <summary>GPTQ, stored zero points one too low: codes of eight inputs in a word, [inputs/8, outputs].</summary>
    Gptq,

    /// <summary>GPTQ with the zero points as they are.</summary>
    GptqV2,

    /// <summary>AWQ: codes of eight outputs in a word, interleaved.</summary>
    Awq,

    /// <summary>compressed-tensors, pack-quantized: codes of eight inputs in a word, [outputs, inputs/8].</summary>
    CompressedInt,
}
