namespace Exo.Engine.Formats;

/// <summary>The sizes that a tensor type's storage has.</summary>
public static class TensorTypes
{
    /// <summary>Elements and bytes of one block; (1, size) for plain numbers. False for a number that names no known type.</summary>
    /// <param name="type">The type, possibly a number straight from an untrusted file.</param>
    /// <param name="elements">Elements in a block.</param>
    /// <param name="bytes">Bytes of a block.</param>
    public static bool TryBlock(this TensorType type, out int elements, out int bytes)
    {
        (elements, bytes) = type switch
        {
            TensorType.F32 or TensorType.I32 => (1, 4),
            TensorType.F16 or TensorType.BF16 or TensorType.I16 => (1, 2),
            TensorType.F64 or TensorType.I64 => (1, 8),
            TensorType.I8 => (1, 1),
            TensorType.Q4_0 => (32, 18),
            TensorType.Q4_1 => (32, 20),
            TensorType.Q5_0 => (32, 22),
            TensorType.Q5_1 => (32, 24),
            TensorType.Q8_0 => (32, 34),
            TensorType.Q2_K => (256, 84),
            TensorType.Q3_K => (256, 110),
            TensorType.Q4_K => (256, 144),
            TensorType.Q5_K => (256, 176),
            TensorType.Q6_K => (256, 210),
            TensorType.IQ1_S => (256, 50),
            TensorType.IQ1_M => (256, 56),
            TensorType.IQ2_XXS => (256, 66),
            TensorType.IQ2_XS => (256, 74),
            TensorType.IQ2_S => (256, 82),
            TensorType.IQ3_XXS => (256, 98),
            TensorType.IQ3_S => (256, 110),
            TensorType.IQ4_NL => (32, 18),
            TensorType.IQ4_XS => (256, 136),
            TensorType.TQ1_0 => (256, 54),
            TensorType.TQ2_0 => (256, 66),
            TensorType.MXFP4 => (32, 17),
            TensorType.NVFP4 => (64, 36),
            TensorType.Q1_0 => (128, 18),
            TensorType.Q2_0 => (64, 18),
            _ => (0, 0),
        };
        return elements != 0;
    }

    /// <summary>Bytes of a row of <paramref name="columns"/> elements; the row must be whole blocks.</summary>
    /// <exception cref="ArgumentException">The type is unknown or the row is not whole blocks.</exception>
    public static long RowBytes(this TensorType type, long columns) =>
        type.TryBlock(out int elements, out int bytes) && columns % elements == 0
            ? columns / elements * bytes
            : throw new ArgumentException($"A row of {columns} elements cannot be stored as {type}.", nameof(columns));
}
