using Exo.Engine.Memory;

namespace Exo.Engine.Tests.Memory;

[Collection(NativeMemoryCollection.Name)]
public sealed unsafe class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData((2 << 20) + 12345)]
    public void A_buffer_is_zeroed_aligned_and_readable_behind_its_end(long bytes)
    {
        using NativeBuffer buffer = new(bytes);

        long sum = 0;
        for (long i = 0; i < bytes + NativeBuffer.ReadableBehind; i++)
        {
            sum += buffer.Pointer[i];
        }

        Assert.Equal(0, sum);
        Assert.Equal(0, (nint)buffer.Pointer % (bytes >= 2 << 20 ? 2 << 20 : 64));
    }

    [Fact]
    public void Disposing_twice_frees_once()
    {
        long before = NativeBuffer.LiveBuffers;
        NativeBuffer buffer = new(100);
        Assert.Equal(before + 1, NativeBuffer.LiveBuffers);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(before, NativeBuffer.LiveBuffers);
        Assert.True(buffer.Pointer == null);
    }
}
