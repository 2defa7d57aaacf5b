namespace Exo.Engine.Decoding;

/// <summary>Eight-bit floats, decoded exactly.</summary>
internal static class SmallFloats
{
    private static readonly float[] s_e4M3 = Table();

    /// <summary>E4M3 without infinities (OCP 8-bit Floating Point 1.0): sign, 4 exponent bits with bias 7, 3 fraction bits; 0x7f and 0xff are NaN.</summary>
    public static float E4M3(int code) => s_e4M3[code];

    /// <summary>E5M2: the upper byte of a binary16; 0x7c and 0xfc are infinite, what follows them is NaN.</summary>
    public static float E5M2(int code) => (code & 0x7f) switch
    {
        < 0x7c => HalfBits.ToSingle((ushort)(code << 8)),
        0x7c => code < 0x80 ? float.PositiveInfinity : float.NegativeInfinity,
        _ => float.NaN,
    };

    private static float[] Table()
    {
        float[] values = new float[256];
        for (int code = 0; code < 256; code++)
        {
            int exponent = (code >> 3) & 15;
            int fraction = code & 7;
            float magnitude = (code & 0x7f) == 0x7f ? float.NaN
                : exponent == 0 ? MathF.ScaleB(fraction, -9)
                : MathF.ScaleB(8 + fraction, exponent - 10);
            values[code] = (code & 0x80) != 0 ? -magnitude : magnitude;
        }

        return values;
    }
}
