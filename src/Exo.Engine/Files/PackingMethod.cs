namespace Exo.Engine.Files;

/// <summary>Who quantised a folder's weights.</summary>
internal enum PackingMethod
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>MLX ("quantization").</summary>
    Mlx,

    /// <summary>quant_method fp8.</summary>
    Fp8,

    /// <summary>quant_method mxfp4 (gpt-oss).</summary>
    Mxfp4,

    /// <summary>quant_method gptq.</summary>
    Gptq,

    /// <summary>quant_method awq.</summary>
    Awq,

    /// <summary>quant_method compressed-tensors.</summary>
    CompressedTensors,
}
