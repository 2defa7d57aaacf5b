using Akka.Remote;
using Xunit;

namespace Akka.Guarantees.Remote;

public sealed class FailureDetectorTests
{
    private long _now = 1_000_000;

    [Fact]
    public void Nothing_is_suspected_before_the_first_heartbeat()
    {
        PhiAccrualFailureDetector detector = Phi();
        _now += 1_000_000;
        Assert.True(detector.IsAvailable);
        Assert.False(detector.IsMonitoring);
    }

    [Fact]
    public void Regular_heartbeats_keep_a_node_available_and_silence_ends_it_until_it_is_heard_again()
    {
        PhiAccrualFailureDetector detector = Phi();
        for (int i = 0; i < 50; i++)
        {
            detector.HeartBeat();
            _now += 200;
            Assert.True(detector.IsAvailable);
        }

        _now += 900;
        Assert.True(detector.IsAvailable);
        _now += 1500;
        Assert.False(detector.IsAvailable);
        detector.HeartBeat();
        Assert.True(detector.IsAvailable);
        Assert.True(detector.IsMonitoring);
    }

    [Fact]
    public void The_first_estimate_is_one_interval_with_a_deviation_of_a_quarter_of_it()
    {
        PhiAccrualFailureDetector detector = new(8, 100, TimeSpan.FromMilliseconds(10), TimeSpan.Zero, TimeSpan.FromSeconds(1), () => _now);
        detector.HeartBeat();

        // A threshold of 8 is crossed some 5.6 deviations after the mean.
        _now += 1000 + (5 * 250);
        Assert.True(detector.IsAvailable);
        _now += 300;
        Assert.False(detector.IsAvailable);
    }

    [Fact]
    public void The_less_regular_the_heartbeats_the_longer_the_silence_that_is_borne()
    {
        Assert.True(AvailableAfterSilence(of: 1500, afterIntervals: [200, 800]));
        Assert.False(AvailableAfterSilence(of: 1500, afterIntervals: [500, 500]));
    }

    [Fact]
    public void The_deadline_detector_waits_for_pause_and_interval()
    {
        DeadlineFailureDetector detector = new(TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(200), () => _now);
        Assert.True(detector.IsAvailable);
        detector.HeartBeat();
        _now += 1199;
        Assert.True(detector.IsAvailable);
        _now += 2;
        Assert.False(detector.IsAvailable);
    }

    [Fact]
    public void A_registry_keeps_a_detector_for_each_node_and_suspects_no_unknown_one()
    {
        DefaultFailureDetectorRegistry<string> registry = new(Phi);
        Assert.True(registry.IsAvailable("unknown"));
        Assert.False(registry.IsMonitoring("unknown"));

        registry.Heartbeat("silent");
        _now += 10_000;
        registry.Heartbeat("heard");

        Assert.False(registry.IsAvailable("silent"));
        Assert.True(registry.IsAvailable("heard"));
        registry.Remove("silent");
        Assert.False(registry.IsMonitoring("silent"));
        Assert.True(registry.IsAvailable("silent"));
        registry.Reset();
        Assert.False(registry.IsMonitoring("heard"));
    }

    private bool AvailableAfterSilence(int of, int[] afterIntervals)
    {
        PhiAccrualFailureDetector detector = new(8, 100, TimeSpan.FromMilliseconds(10), TimeSpan.Zero, TimeSpan.FromMilliseconds(500), () => _now);
        for (int i = 0; i < 100; i++)
        {
            detector.HeartBeat();
            _now += afterIntervals[i % 2];
        }

        detector.HeartBeat();
        _now += of;
        return detector.IsAvailable;
    }

    private PhiAccrualFailureDetector Phi() => new(
        8, 100, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200), () => _now);
}
