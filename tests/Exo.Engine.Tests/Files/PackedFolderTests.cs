using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Exo.Engine.Decoding;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;
using Exo.Engine.Tests.Kernels;
using Exo.Engine.Tests.Models;
using Exo.Testing;

namespace Exo.Engine.Tests.Files;

/// <summary>Quantised matrices of folders, decoded, against the values that they stand for.</summary>
public sealed unsafe class PackedFolderTests
{
    [SkippableTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void Affine_codes_of_mlx_have_the_bits_of_the_formula(int bits)
    {
        string file = ReferenceData.Require("quant", "mlx", $"affine_{bits}bit.safetensors");
        string[] groups = ["32", "64", "128"];
        string overrides = string.Join(", ", groups.SelectMany(group => new[] { "f16", "bf16", "f32" }.Select(type => $"\"g{group}.{type}\": {{\"group_size\": {group}, \"bits\": {bits}}}")));
        using TemporaryFolder folder = new(file, $"{{\"quantization\": {{\"group_size\": 64, \"bits\": 4, {overrides}}}}}");
        foreach (string name in folder.Model.Tensors.Keys.Where(name => name.EndsWith(".expected", StringComparison.Ordinal)))
        {
            string stem = name[..^".expected".Length];
            Compare(folder.Find(stem + ".weight"), folder.Floats(name), stem);
        }
    }

    [SkippableFact]
    public void Experts_that_mlx_holds_in_one_tensor_are_decoded_one_by_one()
    {
        string file = ReferenceData.Require("quant", "mlx", "affine_4bit.safetensors");
        using TemporaryFolder folder = new(file, "{\"quantization\": {\"group_size\": 64, \"bits\": 4}}", header => header.Replace("\"shape\":[8,", "\"shape\":[2,4,", StringComparison.Ordinal));
        foreach (string stem in new[] { "g64.f16", "g64.bf16", "g64.f32" })
        {
            StoredTensor experts = folder.Find(stem + ".weight");

            Assert.Equal("[2, 4, 256]", experts.ShapeText);
            Compare(experts.Part(0), folder.Floats(stem + ".expected")[..1024], stem + ", expert 0");
            Compare(experts.Part(1), folder.Floats(stem + ".expected")[1024..], stem + ", expert 1");
        }
    }

    [SkippableTheory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Some_rows_of_packed_matrices_in_another_order_decode_to_those_rows(int bits)
    {
        string file = ReferenceData.Require("quant", "mlx", $"affine_{bits}bit.safetensors");
        using TemporaryFolder folder = new(file, $"{{\"quantization\": {{\"group_size\": 32, \"bits\": {bits}}}}}", header => header.Replace("[8,", "[2,4,", StringComparison.Ordinal));
        StoredTensor stored = folder.Find("g32.f16.weight");
        StoredTensor lower = ModelTensors.Rows(folder.Model.Path, stored, 4, (2, 2), (0, 1));
        float[] expected = folder.Floats("g32.f16.expected").ToArray();

        Assert.Equal("[2, 3, 256]", lower.ShapeText);
        for (int part = 0; part < 2; part++)
        {
            float[] rows = [.. new[] { 2, 3, 0 }.SelectMany(row => expected.Skip(((part * 4) + row) * 256).Take(256))];
            Compare(lower.Part(part), rows, $"part {part}");
        }
    }

    [SkippableFact]
    public void Small_floats_of_mlx_have_the_bits_of_the_formula()
    {
        string file = ReferenceData.Require("quant", "mlx", "fp_modes.safetensors");
        const string Nvfp4 = "{\"group_size\": 16, \"bits\": 4, \"mode\": \"nvfp4\"}";
        using TemporaryFolder folder = new(file, $"{{\"quantization\": {{\"group_size\": 32, \"bits\": 4, \"mode\": \"mxfp4\"}}}}");
        using TemporaryFolder eight = new(file, "{\"quantization\": {\"group_size\": 32, \"bits\": 8, \"mode\": \"mxfp8\"}}");
        using TemporaryFolder nv = new(file, $"{{\"quantization\": {Nvfp4}}}");

        Compare(folder.Find("mxfp4.weight"), folder.Floats("mxfp4.expected"), "mxfp4");
        Compare(eight.Find("mxfp8.weight"), folder.Floats("mxfp8.expected"), "mxfp8");
        Compare(nv.Find("nvfp4.weight"), folder.Floats("nvfp4.expected"), "nvfp4");
        Compare(nv.Find("nvfp4_global.weight"), folder.Floats("nvfp4_global.expected"), "nvfp4_global");
    }

    [SkippableTheory]
    [InlineData("block_256x384", "fp8")]
    [InlineData("block_200x300", "fp8")]
    [InlineData("block_1x129", "fp8")]
    [InlineData("block_129x1", "fp8")]
    [InlineData("channel_40x48", "float-quantized")]
    [InlineData("tensor_40x48", "float-quantized")]
    public void Eight_bit_floats_have_the_bits_of_the_formula(string name, string method)
    {
        string config = method == "fp8"
            ? "{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}}"
            : "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"format\": \"float-quantized\", \"config_groups\": {\"group_0\": {\"weights\": {\"num_bits\": 8}}}}}";
        using TemporaryFolder folder = new(ReferenceData.Require("quant", "fp8", $"{name}.safetensors"), config);

        Compare(folder.Find("w.weight"), ReferenceFloats.Read(ReferenceData.Require("quant", "fp8", $"{name}.expected.f32")), name);
    }

    [SkippableFact]
    public void Every_code_of_e5m2_has_its_value()
    {
        float[] expected = ReferenceFloats.Read(ReferenceData.Require("quant", "fp8", "e5m2_table.f32"));
        byte[] header = System.Text.Encoding.ASCII.GetBytes("{\"w.weight\":{\"dtype\":\"F8_E5M2\",\"shape\":[2,128],\"data_offsets\":[0,256]},\"w.weight_scale\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[256,260]}}");
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. Enumerable.Range(0, 256).Select(code => (byte)code), .. BitConverter.GetBytes(1f)]);
        using TemporaryFolder folder = new(file, "{\"quantization_config\": {\"quant_method\": \"fp8\"}}");
        File.Delete(file);
        StoredRows rows = StoredRows.Of(folder.Find("w.weight"));
        using NativeBuffer room = new(rows.Format.RowBytes(128));
        using NativeBuffer decoded = new(256 * sizeof(float));
        rows.Decode(0, room.Pointer, decoded.Floats);
        rows.Decode(1, room.Pointer, decoded.Floats + 128);

        Assert.Equal(expected, new ReadOnlySpan<float>(decoded.Floats, 256).ToArray());
    }

    [SkippableFact]
    public void Experts_in_four_bit_floats_have_the_bits_of_the_formula()
    {
        using TemporaryFolder folder = new(ReferenceData.Require("quant", "mxfp4_hf", "experts.safetensors"), "{\"quantization_config\": {\"quant_method\": \"mxfp4\"}}");
        float[] expected = ReferenceFloats.Read(ReferenceData.Require("quant", "mxfp4_hf", "experts.rows.f32"));
        StoredTensor experts = folder.Find("experts.gate_up_proj");

        Assert.Equal("[3, 10, 128]", experts.ShapeText);
        for (int expert = 0; expert < 3; expert++)
        {
            Compare(experts.Part(expert), expected.AsSpan(expert * 1280, 1280), $"expert {expert}");
        }
    }

    [SkippableTheory]
    [InlineData("gptq_v1", "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32")]
    [InlineData("gptq_v1_act_order", "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32, \"desc_act\": true")]
    [InlineData("gptq_v2", "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32, \"checkpoint_format\": \"gptq_v2\"")]
    [InlineData("awq_gemm", "\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 32, \"version\": \"gemm\"")]
    [InlineData("compressed_tensors_sym", "\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\", \"config_groups\": {\"group_0\": {\"weights\": {\"num_bits\": 4, \"group_size\": 32}}}")]
    [InlineData("compressed_tensors_asym", "\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\", \"config_groups\": {\"group_0\": {\"weights\": {\"num_bits\": 4, \"group_size\": 32}}}")]
    [InlineData("compressed_tensors_channel_pad", "\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\", \"config_groups\": {\"group_0\": {\"weights\": {\"num_bits\": 4}}}")]
    public void Four_bit_integers_have_the_bits_of_the_formula(string name, string config)
    {
        using TemporaryFolder folder = new(ReferenceData.Require("quant", "int4", $"{name}.safetensors"), $"{{\"quantization_config\": {{{config}}}}}");

        Compare(folder.Find("l.weight"), ReferenceFloats.Read(ReferenceData.Require("quant", "int4", $"{name}.expected.f32")), name);
    }

    /// <summary>Decodes in pieces of 256 columns, as kernels do.</summary>
    private static void Compare(StoredTensor tensor, ReadOnlySpan<float> expected, string what)
    {
        StoredRows rows = StoredRows.Of(tensor);
        Assert.Equal(expected.Length, rows.Rows * rows.Columns);
        using NativeBuffer stored = new(rows.Format.RowBytes(rows.Columns));
        using NativeBuffer decoded = new(rows.Columns * sizeof(float));
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Copy(row, 1, stored.Pointer, stored.Bytes);
            for (int first = 0; first < rows.Columns; first += 256)
            {
                rows.Format.Decode(stored.Pointer, first, Math.Min(256, rows.Columns - first), decoded.Floats + first);
            }

            fixed (float* values = expected[(row * rows.Columns)..])
            {
                KernelCase.SameBits(values, decoded.Floats, rows.Columns, $"{what}, row {row}");
            }
        }
    }

    /// <summary>A folder with one safetensors file and a config.json.</summary>
    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("exo-packed-").FullName;
        private readonly PackedFolder _packed;

        /// <param name="safetensors">The file, copied.</param>
        /// <param name="config">config.json</param>
        /// <param name="header">What becomes of the file's header.</param>
        public TemporaryFolder(string safetensors, string config, Func<string, string>? header = null)
        {
            byte[] file = File.ReadAllBytes(safetensors);
            int data = sizeof(long) + checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
            string text = Encoding.UTF8.GetString(file, sizeof(long), data - sizeof(long)).TrimEnd();
            text = header?.Invoke(text) ?? text;
            text = text.PadRight((text.Length + 7) / 8 * 8);
            using (FileStream written = File.Create(Path.Combine(_path, "model.safetensors")))
            {
                written.Write(BitConverter.GetBytes((long)text.Length));
                written.Write(Encoding.UTF8.GetBytes(text));
                written.Write(file.AsSpan(data));
            }

            File.WriteAllText(Path.Combine(_path, "config.json"), config);
            Model = new ModelFolder(_path);
            _packed = new PackedFolder(Model);
        }

        public ModelFolder Model { get; }

        public StoredTensor Find(string name) => _packed.Find(name) ?? throw new InvalidOperationException($"{name} was not found");

        public ReadOnlySpan<float> Floats(string name)
        {
            SafetensorsTensor tensor = Model.Tensors[name];
            return MemoryMarshal.Cast<byte, float>(new ReadOnlySpan<byte>((byte*)tensor.Address, (int)(tensor.End - tensor.Begin)));
        }

        public void Dispose()
        {
            Model.Dispose();
            Directory.Delete(_path, true);
        }
    }
}
