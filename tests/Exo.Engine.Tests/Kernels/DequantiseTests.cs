using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Memory;
using Exo.Testing;

namespace Exo.Engine.Tests.Kernels;

public sealed unsafe class DequantiseTests
{
    public static TheoryData<TensorType> Types() => [.. Enum.GetValues<TensorType>().Where(t => Dequantise.Supports(t) && t != TensorType.F32)];

    [SkippableTheory]
    [MemberData(nameof(Types))]
    public void Decoded_blocks_have_the_bits_of_the_reference(TensorType type) =>
        Compare(type, ReferenceData.Require("quant", "ggml", $"{type}.bin"), ReferenceData.Require("quant", "ggml", $"{type}.f32"));

    [Theory]
    [MemberData(nameof(Types))]
    public void Some_blocks_of_every_format_come_with_the_source(TensorType type) =>
        Compare(type, TestData.Find("quant", $"{type}.bin"), TestData.Find("quant", $"{type}.f32"));

    [Fact]
    public void No_block_type_of_the_files_is_left_out() =>
        Assert.Equal(
            Directory.GetFiles(TestData.Find("quant"), "*.bin").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
            Enum.GetValues<TensorType>().Where(type => Dequantise.Supports(type) && type != TensorType.F32).Select(type => type.ToString()).Order(StringComparer.Ordinal));

    private static void Compare(TensorType type, string blocks, string values)
    {
        byte[] stored = File.ReadAllBytes(blocks);
        byte[] expected = File.ReadAllBytes(values);
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
