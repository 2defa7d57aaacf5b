using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;
using Exo.Engine.Tests.Memory;
using Exo.Testing;

namespace Exo.Engine.Tests.Kernels;

[Collection(NativeMemoryCollection.Name)]
public sealed unsafe class KernelMemoryTests
{
    [Theory]
    [InlineData(TensorType.Q4_0)]
    [InlineData(TensorType.Q5_1)]
    [InlineData(TensorType.Q3_K)]
    [InlineData(TensorType.IQ2_S)]
    public void Products_allocate_nothing_once_warm(TensorType type)
    {
        using ComputePool pool = new(2);
        using NativeBuffer file = KernelCase.Weights(50, type, 1024, 512);
        using NativeBuffer x = KernelCase.Gaussian(51, 40 * 512);
        using NativeBuffer y = new(40 * 1024 * 4);
        using WeightMatrix weights = WeightMatrix.Load(type, file.Pointer, 1024, 512, KernelTier.Auto);
        KernelSet kernels = KernelSet.For(KernelTier.Auto);
        kernels.Multiply(pool, weights, x.Floats, 40, y.Floats);
        kernels.Multiply(pool, weights, x.Floats, 1, y.Floats);
        long buffers = NativeBuffer.LiveBuffers;

        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                kernels.Multiply(pool, weights, x.Floats, 40, y.Floats);
                kernels.Multiply(pool, weights, x.Floats, 1, y.Floats);
            }
        });

        Assert.Equal(0, allocated);
        Assert.Equal(buffers, NativeBuffer.LiveBuffers);
    }

    [Fact]
    public void Everything_that_products_took_is_given_back()
    {
        long before = NativeBuffer.LiveBuffers;
        using (ComputePool pool = new(3))
        using (NativeBuffer file = KernelCase.Weights(60, TensorType.Q8_0, 64, 64))
        using (NativeBuffer x = KernelCase.Gaussian(61, 640))
        using (NativeBuffer y = new(10 * 64 * 4))
        using (WeightMatrix weights = WeightMatrix.Load(TensorType.Q8_0, file.Pointer, 64, 64, KernelTier.Auto))
        {
            KernelSet.For(KernelTier.Auto).Multiply(pool, weights, x.Floats, 10, y.Floats);
            Assert.True(NativeBuffer.LiveBuffers > before);
        }

        Assert.Equal(before, NativeBuffer.LiveBuffers);
    }

    [Fact]
    public void A_pool_that_is_disposed_returns_its_scratch()
    {
        long before = NativeBuffer.LiveBuffers;
        using (ComputePool pool = new(3))
        {
            pool.ReserveScratch(1000);
            Assert.Equal(before + 3, NativeBuffer.LiveBuffers);
        }

        Assert.Equal(before, NativeBuffer.LiveBuffers);
    }
}
