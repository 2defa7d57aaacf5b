using Exo.Actors.Configuration;
using Exo.Actors.Sessions;
using Exo.Actors.Shards;
using Exo.Engine.Kernels;

namespace Exo.Actors.Tests.Sessions;

public sealed class SessionSettingsTests
{
    private static readonly SessionSettings s_settings = SessionSettings.Read(ExoConfig.With("exo.recovery.give-up-after = 20s\nexo.ring.load-bytes-per-second = 100000000"));

    [Fact]
    public void While_slices_load_a_session_waits_as_long_as_the_bytes_need()
    {
        Assert.Equal(TimeSpan.FromSeconds(20), s_settings.RingPatience(0));
        Assert.Equal(TimeSpan.FromSeconds(70), s_settings.RingPatience(5_000_000_000));
    }

    [Fact]
    public void The_patience_of_an_attempt_grows_with_its_work_and_doubles_with_every_try()
    {
        TimeSpan one = s_settings.Patience(1000, 0);

        Assert.True(one > s_settings.Patience(0, 0));
        Assert.Equal(one * 2, s_settings.Patience(1000, 1));
        Assert.Equal(one * 16, s_settings.Patience(1000, 9));
    }

    [Theory]
    [InlineData(64, 512)]
    [InlineData(8192, 512)]
    [InlineData(65536, 240)]
    public void A_batch_of_hidden_states_never_exceeds_a_frame(int hiddenSize, int expectedTokens) =>
        Assert.Equal(expectedTokens, ShardSettings.Read(ExoConfig.With(null), threads: 1).MostTokens(hiddenSize));

    [Theory]
    [InlineData("f16", KvCacheType.F16)]
    [InlineData("bf16", KvCacheType.BF16)]
    [InlineData("q8", KvCacheType.Q8)]
    [InlineData("f32", KvCacheType.F32)]
    public void A_ring_stores_keys_and_values_as_the_device_says_that_asks_for_it(string name, KvCacheType type) =>
        Assert.Equal(type, WishSettings.Read(ExoConfig.With($"exo.engine.kv-cache = {name}")).Cache);
}
