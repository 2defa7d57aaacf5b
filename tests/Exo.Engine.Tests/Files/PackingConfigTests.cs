using Exo.Engine.Decoding;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Memory;
using Exo.Engine.Safetensors;
using Entry = Exo.Engine.Tests.Files.SmallFolder.Entry;

namespace Exo.Engine.Tests.Files;

/// <summary>What config.json says of quantised weights, in the spellings of public repositories.</summary>
public sealed unsafe class PackingConfigTests
{
    private const string Ints = "\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\"";
    private const string Gptq = "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32";

    [Theory]
    [InlineData("0, 1, 0, 1, 1, 0, 1, 0", "-7, -60, -5, -40, -30, -2, -10, 0")]
    [InlineData("-1, -1, -1, -1, -1, -1, -1, -1", "-7, -6, -5, -4, -30, -20, -10, 0")]
    [InlineData("0, 0, 0, 0, 1, 1, 1, 1", "-7, -6, -5, -4, -30, -20, -10, 0")]
    public void Columns_of_compressed_tensors_take_the_scales_of_the_groups_that_g_idx_names(string order, string expected)
    {
        using SmallFolder folder = SmallFolder.Write(
            $"{{\"quantization_config\": {{{Ints}, \"config_groups\": {{\"g\": {{\"weights\": {{\"num_bits\": 4, \"group_size\": 4, \"actorder\": \"group\"}}}}}}}}}}",
            Entry.Of("l.weight_packed", [1, 1], unchecked((int)0x87654321)),
            Entry.Of("l.weight_scale", [1, 2], 1f, 10f),
            new Entry("l.weight_shape", "I64", [2], [1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]),
            Entry.Of("l.weight_g_idx", [8], [.. order.Split(", ").Select(int.Parse)]));

        Assert.Equal(expected.Split(", ").Select(float.Parse), Decoded(folder, "l.weight"));
    }

    [Fact]
    public void A_scale_of_a_whole_matrix_may_be_called_inverse()
    {
        using SmallFolder folder = SmallFolder.Write(
            """{"quantization_config": {"quant_method": "fp8", "activation_scheme": "static", "weight_block_size": null}}""",
            new Entry("l.weight", "F8_E4M3", [2, 2], [0x38, 0x40, 0xB8, 0x00]),
            Entry.Of("l.weight_scale_inv", [], 0.5f),
            Entry.Of("l.activation_scale", [], 3f));

        Assert.Equal([0.5f, 1, -0.5f, 0], Decoded(folder, "l.weight"));
    }

    [Fact]
    public void Blocks_of_compressed_floats_have_the_size_that_the_file_says()
    {
        using SmallFolder folder = SmallFolder.Write(
            """{"quantization_config": {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"g": {"weights": {"num_bits": 8, "strategy": "block", "block_structure": [1, 2]}}}}}""",
            new Entry("l.weight", "F8_E4M3", [2, 3], [0x38, 0x38, 0x38, 0x38, 0x38, 0x38]),
            Entry.Of("l.weight_scale", [2, 2], 1f, 2f, 3f, 4f));

        Assert.Equal([1f, 1, 2, 3, 3, 4], Decoded(folder, "l.weight"));
    }

    [Theory]
    [InlineData("\"quantization\": {\"group_size\": 32, \"bits\": 8}, \"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}")]
    [InlineData("\"quantization\": {\"group_size\": 32, \"bits\": 8, \"l\": true}")]
    [InlineData("\"quantization_config\": {\"group_size\": 32, \"bits\": 8, \"mode\": \"affine\"}")]
    [InlineData("\"text_config\": {\"quantization_config\": {\"group_size\": 32, \"bits\": 8}}")]
    public void What_mlx_says_of_its_weights_counts_in_every_spelling(string config)
    {
        using SmallFolder folder = SmallFolder.Write(
            $"{{{config}}}",
            new Entry("l.weight", "U32", [1, 8], [.. Enumerable.Range(0, 32).Select(code => (byte)code)]),
            Entry.Of("l.scales", [1, 1], 2f),
            Entry.Of("l.biases", [1, 1], -1f));

        Assert.Equal(Enumerable.Range(0, 32).Select(code => (2f * code) - 1), Decoded(folder, "l.weight"));
    }

    [Theory]
    [InlineData(Gptq + ", \"checkpoint_format\": \"marlin\"", "checkpoint_format")]
    [InlineData(Gptq + ", \"is_marlin_format\": true", "is_marlin_format")]
    [InlineData(Gptq + ", \"dynamic\": {\"+:.*down_proj\": {\"bits\": 8}}", "dynamic.+:.*down_proj")]
    [InlineData(Gptq + ", \"dynamic\": {\".*down_proj\": {\"group_size\": 64}}", "dynamic..*down_proj")]
    [InlineData(Ints + ", \"transform_config\": {\"config_groups\": {\"R1\": {\"type\": \"hadamard\"}}}", "transform_config")]
    [InlineData(Ints + ", \"sparsity_config\": {\"format\": \"sparse-24-bitmask\"}", "sparsity_config")]
    [InlineData("\"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"nf4\"", "bitsandbytes")]
    public void Forms_that_are_not_read_are_refused_by_name(string config, string named)
    {
        using SmallFolder folder = SmallFolder.Write($"{{\"quantization_config\": {{{config}}}}}", Entry.Of("l.weight", [1], 1f));
        using ModelFolder model = new(folder.Path);

        string message = Assert.Throws<ModelFileException>(() => new PackedFolder(model)).Message;

        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("Choose the unquantised model", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Gptq + ", \"checkpoint_format\": \"gptq\", \"dynamic\": {\"-:.*o_proj\": {}, \"+:.*q_proj\": {\"bits\": 4, \"desc_act\": false}, \"-:lm_head\": false}")]
    [InlineData(Ints + ", \"transform_config\": {}, \"sparsity_config\": {}, \"config_groups\": {\"g\": {\"weights\": {\"num_bits\": 4}}}")]
    public void Keys_that_change_nothing_are_passed_over(string config)
    {
        using SmallFolder folder = SmallFolder.Write($"{{\"quantization_config\": {{{config}}}}}", Entry.Of("l.weight", [1], 1f));
        using ModelFolder model = new(folder.Path);

        Assert.Null(new PackedFolder(model).Find("l.weight"));
    }

    [Fact]
    public void Quantised_weights_of_which_config_json_does_not_tell_are_refused_by_what_it_lacks()
    {
        using SmallFolder folder = SmallFolder.Write("{}", Entry.Of("l.qweight", [1, 8], new int[8]));
        using ModelFolder model = new(folder.Path);

        Assert.Contains("quantization_config", Assert.Throws<ModelFileException>(() => new PackedFolder(model).Find("l.weight")).Message, StringComparison.Ordinal);
    }

    private static float[] Decoded(SmallFolder folder, string tensor)
    {
        using ModelFolder model = new(folder.Path);
        StoredRows rows = StoredRows.Of(new PackedFolder(model).Find(tensor)!);
        using NativeBuffer room = new(rows.Format.RowBytes(rows.Columns));
        using NativeBuffer decoded = new((long)rows.Rows * rows.Columns * sizeof(float));
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Decode(row, room.Pointer, decoded.Floats + ((long)row * rows.Columns));
        }

        return new ReadOnlySpan<float>(decoded.Floats, rows.Rows * rows.Columns).ToArray();
    }
}
