using Akka.Remote;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class SuspicionTests
{
    private long _now;

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
        PhiAccrualFailureDetector detector = Detector(pauseMs: 1000);
        detector.HeartBeat();
        _now += 5000;
        Assert.False(detector.IsAvailable);
        detector.Forgive(5000);
        Assert.True(detector.IsAvailable);
    }

    private PhiAccrualFailureDetector Detector(int pauseMs) => new(
        8, 100, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(pauseMs), TimeSpan.FromMilliseconds(200), () => _now);
}
