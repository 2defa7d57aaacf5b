using Exo.Engine.Decoding;

namespace Exo.Engine.Kernels;

/// <summary>Numbers of a q8 cache: exact products of a whole number and a binary16 scale, so that all tiers read the same.</summary>
internal static unsafe class KvBlocks
{
    /// <summary>The scale of a block: its largest magnitude / 127 as binary16, nearest even, clamped to the largest finite value.</summary>
    /// <param name="x">[count]</param>
    /// <param name="count">Elements, 1..32.</param>
    /// <param name="inverse">What elements are multiplied with before they are rounded.</param>
    public static ushort Scale(float* x, int count, out float inverse)
    {
        int largest = 0;
        for (int i = 0; i < count; i++)
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(x[i]) & 0x7fffffff);
        }

        ushort scale = HalfBits.FromSingle(BitConverter.Int32BitsToSingle(Math.Min(largest, 0x7f7fffff)) / 127f);
        inverse = scale == 0 ? 0 : 1f / HalfBits.ToSingle(scale);
        return scale;
    }

    /// <summary>Nearest even, at most 127. A scale that was rounded down, or clamped, leaves elements beyond it; what is no number becomes 0.</summary>
    public static sbyte Quantise(float x, float inverse)
    {
        float q = x * inverse;
        return float.IsNaN(q) ? (sbyte)0 : (sbyte)MathF.Round(Math.Clamp(q, -127f, 127f));
    }

    public static float Dequantise(sbyte q, ushort scale) => q * HalfBits.ToSingle(scale);
}
