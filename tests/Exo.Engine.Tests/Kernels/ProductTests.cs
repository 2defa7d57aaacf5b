using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Tests.Kernels;

[Collection("native memory")]
public sealed unsafe class ProductTests
{
    public static TheoryData<KernelTier, TensorType, int> TiersAndFormats()
    {
        TheoryData<KernelTier, TensorType, int> data = [];
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            foreach ((TensorType type, int block) in new[] { (TensorType.F32, 1), (TensorType.F16, 1), (TensorType.BF16, 1), (TensorType.Q4_0, 32), (TensorType.Q8_0, 32) })
            {
                data.Add(tier, type, block);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void A_product_is_near_the_product_in_double_of_the_decoded_weights(KernelTier tier, TensorType type, int block)
    {
        const int Rows = 37;
        int columns = block == 1 ? 172 : block * 5;
        const int Count = 6;
        using NativeBuffer file = KernelCase.Weights(1, type, Rows, columns);
        using NativeBuffer x = KernelCase.Gaussian(2, Count * columns);
        using NativeBuffer y = new(Count * Rows * 4);
        using ComputePool pool = new(2);
        using WeightMatrix weights = WeightMatrix.Load(type, file.Pointer, Rows, columns, tier);

        KernelSet.For(tier).Multiply(pool, weights, x.Floats, Count, y.Floats);

        float[] row = new float[columns];
        double difference = 0;
        double size = 0;
        for (int r = 0; r < Rows; r++)
        {
            fixed (float* w = row)
            {
                Dequantise.Row(type, file.Pointer + (r * type.RowBytes(columns)), columns, w);
            }

            for (int c = 0; c < Count; c++)
            {
                double exact = 0;
                for (int k = 0; k < columns; k++)
                {
                    exact += (double)row[k] * x.Floats[(c * columns) + k];
                }

                difference += Math.Pow(exact - y.Floats[(c * Rows) + r], 2);
                size += exact * exact;
            }
        }

        Assert.InRange(difference / size, 0, block == 1 ? 1e-12 : 2e-4);
    }
}
