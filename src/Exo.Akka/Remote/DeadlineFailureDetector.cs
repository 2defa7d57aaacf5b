using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>Unavailable when nothing was heard for the pause and one interval.</summary>
public class DeadlineFailureDetector : FailureDetector
{
    private readonly double _deadline;
    private readonly Clock _clock;
    private long _last;

    public DeadlineFailureDetector(TimeSpan acceptableHeartbeatPause, Clock clock = null)
        : this(acceptableHeartbeatPause, TimeSpan.Zero, clock)
    {
    }

    public DeadlineFailureDetector(TimeSpan acceptableHeartbeatPause, TimeSpan heartbeatInterval, Clock clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(acceptableHeartbeatPause, TimeSpan.Zero);
        _deadline = (acceptableHeartbeatPause + heartbeatInterval).TotalMilliseconds;
        _clock = clock ?? DefaultClock;
        _last = long.MinValue;
    }

    public DeadlineFailureDetector(Config config, EventStream eventStream)
        : this(config.GetTimeSpan("acceptable-heartbeat-pause"), config.GetTimeSpan("heartbeat-interval"))
    {
        ArgumentNullException.ThrowIfNull(eventStream);
    }

    public override bool IsAvailable => Last is long.MinValue || _clock() - Last <= _deadline;

    public override bool IsMonitoring => Last is not long.MinValue;

    private long Last => Interlocked.Read(ref _last);

    public override void HeartBeat() => Interlocked.Exchange(ref _last, _clock());

    internal override void Forgive(long milliseconds)
    {
        if (IsMonitoring)
            Interlocked.Add(ref _last, milliseconds);
    }
}
