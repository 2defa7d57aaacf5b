namespace Exo.Engine.Formats;

/// <summary>
/// How a tensor's numbers are stored. The values are the type numbers of GGUF files
/// (ggml's published type list, docs/gguf.md of the ggml project); safetensors types map onto them.
/// </summary>
public enum TensorType
{
    /// <summary>IEEE binary32.</summary>
    F32 = 0,

    /// <summary>IEEE binary16.</summary>
    F16 = 1,

    /// <summary>Blocks of 32: f16 scale, 32 nibbles; value = d · (q − 8).</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32: f16 scale and minimum, 32 nibbles.</summary>
    Q4_1 = 3,

    /// <summary>Blocks of 32: f16 scale, 32 five-bit codes.</summary>
    Q5_0 = 6,

    /// <summary>Blocks of 32: f16 scale and minimum, 32 five-bit codes.</summary>
    Q5_1 = 7,

    /// <summary>Blocks of 32: f16 scale, 32 signed bytes; value = d · q.</summary>
    Q8_0 = 8,

    /// <summary>Blocks of 256 with two-bit codes.</summary>
    Q2_K = 10,

    /// <summary>Blocks of 256 with three-bit codes.</summary>
    Q3_K = 11,

    /// <summary>Blocks of 256 with four-bit codes.</summary>
    Q4_K = 12,

    /// <summary>Blocks of 256 with five-bit codes.</summary>
    Q5_K = 13,

    /// <summary>Blocks of 256 with six-bit codes.</summary>
    Q6_K = 14,

    /// <summary>Signed bytes.</summary>
    I8 = 24,

    /// <summary>Signed 16-bit integers.</summary>
    I16 = 25,

    /// <summary>Signed 32-bit integers.</summary>
    I32 = 26,

    /// <summary>Signed 64-bit integers.</summary>
    I64 = 27,

    /// <summary>IEEE binary64.</summary>
    F64 = 28,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16 = 30,
}
