using Exo.Engine.Formats;

namespace Exo.Engine.Files;

/// <summary>The dtypes of safetensors files.</summary>
internal static class StoredTypes
{
    /// <summary>Null for one that nothing here reads. Integers and eight-bit floats keep their size only: who reads them knows what they mean.</summary>
    public static TensorType? Of(string type) => type switch
    {
        "F32" => TensorType.F32,
        "F16" => TensorType.F16,
        "BF16" => TensorType.BF16,
        "I8" or "U8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => TensorType.I8,
        "I32" or "U32" => TensorType.I32,
        "I64" => TensorType.I64,
        _ => null,
    };
}
