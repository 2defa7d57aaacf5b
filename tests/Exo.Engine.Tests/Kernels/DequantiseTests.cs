using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;
using Exo.Testing;

namespace Exo.Engine.Tests.Kernels;

public sealed unsafe class DequantiseTests
{
    public static TheoryData<TensorType> Types() => [.. Enum.GetValues<TensorType>().Where(t => Dequantise.Supports(t) && t != TensorType.F32)];

    [SkippableTheory]
    [MemberData(nameof(Types))]
    public void Decoded_blocks_have_the_bits_of_the_reference(TensorType type)
    {
        byte[] stored = File.ReadAllBytes(ReferenceData.Require("quant", "ggml", $"{type}.bin"));
        byte[] expected = File.ReadAllBytes(ReferenceData.Require("quant", "ggml", $"{type}.f32"));
        int columns = expected.Length / 4;
        using NativeBuffer decoded = new(expected.Length);

        fixed (byte* row = stored)
        {
            Dequantise.Row(type, row, columns, decoded.Floats);
        }

        Assert.Equal(stored.Length, type.RowBytes(columns));
        fixed (byte* e = expected)
        {
            KernelCase.SameBits((float*)e, decoded.Floats, columns, $"{type}");
        }
    }

    [Fact]
    public void A_format_that_cannot_be_decoded_is_refused_with_a_remedy()
    {
        byte* row = stackalloc byte[8];
        float* y = stackalloc float[1];
        NotSupportedException refused = null!;
        try
        {
            Dequantise.Row(TensorType.I64, row, 1, y);
        }
        catch (NotSupportedException caught)
        {
            refused = caught;
        }

        Assert.Contains("I64", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Convert", refused.Message, StringComparison.Ordinal);
    }
}
