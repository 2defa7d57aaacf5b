using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Suspicion grows with the silence, measured against how regular the heartbeats have been:
/// phi = -log10(P(a later heartbeat still comes)), with normally distributed intervals (Hayashibara et al., 2004).
/// </summary>
public class PhiAccrualFailureDetector : FailureDetector
{
    private readonly Lock _gate = new();
    private readonly double _threshold;
    private readonly double _minStdDeviation;
    private readonly double _acceptablePause;
    private readonly Clock _clock;
    private readonly double[] _intervals;
    private int _count;
    private int _next;
    private double _sum;
    private double _squares;
    private long? _last;

    public PhiAccrualFailureDetector(
        double threshold,
        int maxSampleSize,
        TimeSpan minStdDeviation,
        TimeSpan acceptableHeartbeatPause,
        TimeSpan firstHeartbeatEstimate,
        Clock clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSampleSize);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minStdDeviation, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(acceptableHeartbeatPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstHeartbeatEstimate, TimeSpan.Zero);
        _threshold = threshold;
        _minStdDeviation = minStdDeviation.TotalMilliseconds;
        _acceptablePause = acceptableHeartbeatPause.TotalMilliseconds;
        _clock = clock ?? DefaultClock;
        _intervals = new double[maxSampleSize];

        // Before anything is known: mean = the estimate, standard deviation = a quarter of it.
        double mean = firstHeartbeatEstimate.TotalMilliseconds;
        Record(mean - (mean / 4));
        Record(mean + (mean / 4));
    }

    public PhiAccrualFailureDetector(Config config, EventStream ev)
        : this(
            config.GetDouble("threshold"),
            config.GetInt("max-sample-size"),
            config.GetTimeSpan("min-std-deviation"),
            config.GetTimeSpan("acceptable-heartbeat-pause"),
            config.GetTimeSpan("heartbeat-interval"))
    {
        ArgumentNullException.ThrowIfNull(ev);
    }

    public string Address { get; set; } = "N/A";

    public override bool IsAvailable => Phi(_clock()) < _threshold;

    public override bool IsMonitoring
    {
        get
        {
            lock (_gate)
                return _last is not null;
        }
    }

    public override void HeartBeat()
    {
        long now = _clock();
        lock (_gate)
        {
            // An interval that ended a suspicion is an outage, not a sample of how regular the link is.
            if (_last is { } last && PhiOf(now) < _threshold)
                Record(now - last);
            _last = now;
        }
    }

    internal double Phi(long now)
    {
        lock (_gate)
            return PhiOf(now);
    }

    internal override void Forgive(long milliseconds)
    {
        lock (_gate)
            _last += milliseconds;
    }

    private double PhiOf(long now)
    {
        if (_last is not { } last)
            return 0;
        double mean = _sum / _count;
        double deviation = Math.Max(Math.Sqrt(Math.Max(0, (_squares / _count) - (mean * mean))), _minStdDeviation);
        double y = (now - last - mean - _acceptablePause) / deviation;

        // Logistic approximation of the normal distribution's tail.
        double e = Math.Exp(-y * (1.5976 + (0.070566 * y * y)));
        return now - last > mean + _acceptablePause ? -Math.Log10(e / (1.0 + e)) : -Math.Log10(1.0 - (1.0 / (1.0 + e)));
    }

    private void Record(double interval)
    {
        if (_count == _intervals.Length)
        {
            double oldest = _intervals[_next];
            _sum -= oldest;
            _squares -= oldest * oldest;
        }
        else
        {
            _count++;
        }

        _intervals[_next] = interval;
        _next = (_next + 1) % _intervals.Length;
        _sum += interval;
        _squares += interval * interval;
    }
}
