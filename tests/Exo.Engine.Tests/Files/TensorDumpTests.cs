using System.Runtime.InteropServices;
using Exo.Engine.Files;
using Exo.Engine.Formats;

namespace Exo.Engine.Tests.Files;

/// <summary>Stored numbers that no model can be computed with are still shown as they are.</summary>
public sealed class TensorDumpTests
{
    [Fact]
    public void Every_half_float_has_its_value()
    {
        ushort[] halves = [.. Enumerable.Range(0, 1 << 16).Select(bits => (ushort)bits)];
        float[] shown = Dump(TensorType.F16, MemoryMarshal.AsBytes<ushort>(halves));

        Assert.Equal(halves.Select(bits => (float)BitConverter.UInt16BitsToHalf(bits)), shown);
    }

    [Theory]
    [InlineData(0x7c00, float.NegativeInfinity)]
    [InlineData(0xfc00, float.PositiveInfinity)]
    [InlineData(0x7e00, float.NaN)]
    [InlineData(0x0001, -8 * 5.9604645e-8f)]
    public void A_scale_that_is_no_number_makes_a_block_of_such(int scale, float expected)
    {
        byte[] block = [(byte)scale, (byte)(scale >> 8), .. new byte[16]];

        Assert.All(Dump(TensorType.Q4_0, block), value => Assert.Equal(expected, value));
    }

    private static float[] Dump(TensorType type, ReadOnlySpan<byte> blocks)
    {
        using MemoryStream output = new();
        TensorDump.Write(type, blocks, output);
        return MemoryMarshal.Cast<byte, float>(output.ToArray()).ToArray();
    }
}
