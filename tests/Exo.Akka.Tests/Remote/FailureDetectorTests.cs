using Akka.Remote;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class FailureDetectorTests
{
    private long _now;

    private PhiAccrualFailureDetector Detector(int pauseMs = 1000) => new(
        8, 100, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(pauseMs), TimeSpan.FromMilliseconds(200), () => _now);

    [Fact]
    public void Nothing_is_suspected_before_the_first_heartbeat()
    {
        PhiAccrualFailureDetector detector = Detector();
        _now = 1_000_000;
        Assert.True(detector.IsAvailable);
        Assert.False(detector.IsMonitoring);
    }

    [Fact]
    public void Regular_heartbeats_keep_a_node_available_and_silence_ends_it()
    {
        PhiAccrualFailureDetector detector = Detector();
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
    }

    [Fact]
    public void Suspicion_only_grows_while_nothing_is_heard()
    {
        PhiAccrualFailureDetector detector = Detector(pauseMs: 0);
        for (int i = 0; i < 20; i++)
        {
            detector.HeartBeat();
            _now += 200;
        }

        double last = -1;
        for (int ms = 0; ms < 3000; ms += 10)
        {
            double phi = detector.Phi(_now + ms);
            Assert.True(phi >= last, $"{phi} after {last}");
            last = phi;
        }
    }

    [Fact]
    public void A_pause_of_this_process_is_forgiven()
    {
        PhiAccrualFailureDetector detector = Detector();
        detector.HeartBeat();
        _now += 5000;
        Assert.False(detector.IsAvailable);
        detector.Forgive(5000);
        Assert.True(detector.IsAvailable);
    }

    [Fact]
    public void The_deadline_detector_waits_for_pause_and_interval()
    {
        DeadlineFailureDetector detector = new(TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(200), () => _now);
        Assert.True(detector.IsAvailable);
        detector.HeartBeat();
        _now += 1200;
        Assert.True(detector.IsAvailable);
        _now++;
        Assert.False(detector.IsAvailable);
    }
}
