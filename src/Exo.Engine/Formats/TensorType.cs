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

    /// <summary>Blocks of 256: points of a codebook with signs, 2.06 bits a weight.</summary>
    IQ2_XXS = 16,

    /// <summary>Blocks of 256: points of a codebook with signs, 2.31 bits a weight.</summary>
    IQ2_XS = 17,

    /// <summary>Blocks of 256: points of a codebook with signs, 3.06 bits a weight.</summary>
    IQ3_XXS = 18,

    /// <summary>Blocks of 256: points of a ternary codebook, 1.56 bits a weight.</summary>
    IQ1_S = 19,

    /// <summary>Blocks of 32: f16 scale, 32 codes of sixteen uneven levels.</summary>
    IQ4_NL = 20,

    /// <summary>Blocks of 256: points of a codebook with signs, 3.44 bits a weight.</summary>
    IQ3_S = 21,

    /// <summary>Blocks of 256: points of a codebook with signs, 2.56 bits a weight.</summary>
    IQ2_S = 22,

    /// <summary>Blocks of 256: f16 scale, a 6-bit scale for each 32 codes of sixteen uneven levels.</summary>
    IQ4_XS = 23,

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

    /// <summary>Blocks of 256: points of a ternary codebook, 1.75 bits a weight.</summary>
    IQ1_M = 29,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16 = 30,

    /// <summary>Blocks of 256 weights of −1, 0, 1: five in a byte.</summary>
    TQ1_0 = 34,

    /// <summary>Blocks of 256 weights of −1, 0, 1: four in a byte.</summary>
    TQ2_0 = 35,

    /// <summary>Blocks of 32: a power of two, 32 four-bit floats (E2M1).</summary>
    MXFP4 = 39,

    /// <summary>Blocks of 64: an E4M3 scale for each 16 four-bit floats (E2M1).</summary>
    NVFP4 = 40,

    /// <summary>Blocks of 128: f16 scale, one bit a weight.</summary>
    Q1_0 = 41,

    /// <summary>Blocks of 64: f16 scale, two bits a weight; value = d · (q − 1).</summary>
    Q2_0 = 42,

    /// <summary>Quantised weights of a safetensors folder, in several tensors; no number of GGUF files.</summary>
    Packed = 1000,
}
