using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Kernels.Tiles;
using Exo.Engine.Memory;

namespace Exo.Engine.Tests.Kernels;

/// <summary>What formats say of their codes, scales and minima is what their blocks decode to.</summary>
public sealed unsafe class CodeFormatTests
{
    public static TheoryData<TensorType> Types => [.. TileKernels.Formats32.Select(format => format.Type), .. TileKernels.Formats256.Select(format => format.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Codes_times_scales_are_the_decoded_weights(TensorType type)
    {
        const int Columns = 256 * 40;
        using NativeBuffer file = KernelCase.Weights(5, type, 1, Columns);
        using NativeBuffer decoded = new(Columns * sizeof(float));
        Dequantise.Row(type, file.Pointer, Columns, decoded.Floats);
        type.TryBlock(out int elements, out int bytes);
        float* values = stackalloc float[256];

        for (int k = 0; k < Columns; k += elements)
        {
            Values(type, file.Pointer + (k / elements * bytes), values, out float size);
            for (int i = 0; i < elements; i++)
            {
                Assert.InRange(values[i] - decoded.Floats[k + i], -size * 1e-6f, size * 1e-6f);
            }
        }
    }

    private static void Values(TensorType type, byte* block, float* values, out float size)
    {
        sbyte* codes = stackalloc sbyte[256];
        sbyte* scales = stackalloc sbyte[16];
        byte* minima = stackalloc byte[16];
        if (TileKernels.Formats32.SingleOrDefault(format => format.Type == type) is { } small)
        {
            float d = small.Read(block, codes, out float minimum);
            for (int i = 0; i < 32; i++)
            {
                values[i] = (d * codes[i]) + (small.HasMinima ? minimum : 0);
            }

            size = (Math.Abs(d) * 128) + Math.Abs(minimum);
            return;
        }

        Codes256 large = TileKernels.Formats256.Single(format => format.Type == type);
        float factor = large.Read(block, codes, scales, minima, out float minimumFactor);
        for (int i = 0; i < 256; i++)
        {
            values[i] = (factor * scales[i / 16] * codes[i]) - (large.HasMinima ? minimumFactor * minima[i / 16] : 0);
        }

        size = (Math.Abs(factor) * 128 * 64) + (Math.Abs(minimumFactor) * 64);
    }
}
