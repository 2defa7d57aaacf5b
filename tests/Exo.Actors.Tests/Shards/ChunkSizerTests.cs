using Exo.Actors.Shards;

namespace Exo.Actors.Tests.Shards;

public sealed class ChunkSizerTests
{
    [Fact]
    public void On_a_fast_ring_chunks_grow_to_the_limit()
    {
        ChunkSizer sizer = new(512, TimeSpan.FromSeconds(1));
        int first = sizer.Tokens;

        sizer.Measured(first, 1000 * first / 10);
        int second = sizer.Tokens;
        sizer.Measured(second, 1000 * second / 10);

        Assert.Equal((128, 256, 512), (first, second, sizer.Tokens));
    }

    [Fact]
    public void On_a_slow_ring_they_shrink_until_a_trip_takes_as_long_as_asked_for()
    {
        ChunkSizer sizer = new(512, TimeSpan.FromSeconds(2));

        sizer.Measured(128, 128 * 40_000);

        Assert.Equal(50, sizer.Tokens);
    }

    [Theory]
    [InlineData(512, 32)]
    [InlineData(7, 7)]
    public void They_never_shrink_below_a_useful_size_or_grow_beyond_the_limit(int most, int least)
    {
        ChunkSizer sizer = new(most, TimeSpan.FromSeconds(1));

        sizer.Measured(128, long.MaxValue);

        Assert.Equal(least, sizer.Tokens);
    }

    [Fact]
    public void Decode_batches_say_nothing_about_the_cost_of_a_token()
    {
        ChunkSizer sizer = new(512, TimeSpan.FromSeconds(1));

        sizer.Measured(4, 5_000_000);

        Assert.Equal(128, sizer.Tokens);
    }
}
