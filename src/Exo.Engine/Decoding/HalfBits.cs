namespace Exo.Engine.Decoding;

/// <summary>Conversions of the 16-bit float formats, the same bits on every machine.</summary>
internal static class HalfBits
{
    // 2^112 moves an f16 exponent, read as an f32 exponent, to its place.
    private const float Exponent = 5.192296858534828e33f;

    /// <summary>Exact f16 to f32, subnormals, infinities and NaN included. The vector kernels read these last two as large finite numbers: refuse them before.</summary>
    public static float ToSingle(ushort half) => (half & 0x7c00) != 0x7c00
        ? BitConverter.Int32BitsToSingle(((int)(short)half << 13) & unchecked((int)0x8FFFE000)) * Exponent
        : BitConverter.Int32BitsToSingle(((half & 0x8000) << 16) | 0x7f800000 | ((half & 0x03ff) << 13));

    public static float BrainToSingle(ushort brain) => BitConverter.Int32BitsToSingle(brain << 16);

    /// <summary>f32 to bfloat16: nearest even, clamped to the largest finite value.</summary>
    public static ushort BrainFromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint magnitude = Math.Min((bits & 0x7fffffff) + 0x7fff + ((bits >> 16) & 1), 0x7f7fffff);
        return (ushort)((magnitude | (bits & 0x80000000)) >> 16);
    }

    /// <summary>f32 to f16: nearest even, clamped to the largest finite value, subnormals kept.</summary>
    public static ushort FromSingle(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        float magnitude = BitConverter.Int32BitsToSingle(bits & 0x7fffffff);
        magnitude = magnitude < 65504f ? magnitude : 65504f;

        // Adding 2^(e + 13), built from the value's own exponent e (at least -14), makes the adder round at bit 10.
        int exponent = Math.Max(BitConverter.SingleToInt32Bits(magnitude) & 0x7f800000, 113 << 23);
        int magic = exponent + (13 << 23);
        int rounded = BitConverter.SingleToInt32Bits(magnitude + BitConverter.Int32BitsToSingle(magic)) - magic;
        return (ushort)((rounded + (((exponent >> 23) - 113) << 10)) | ((bits >> 16) & 0x8000));
    }
}
