namespace Akka.Actor.Internal;

/// <summary>A child and how often it was restarted.</summary>
internal sealed class ChildRestartStats(IInternalActorRef child, ITimeProvider clock)
{
    private int _retries;
    private TimeSpan _windowStart;

    public IInternalActorRef Child { get; } = child;

    public long Uid { get; } = child.Path.Uid;

    public bool RequestRestartPermission(int maxRetries, int windowMilliseconds)
    {
        bool limited = maxRetries >= 0;
        if (maxRetries == 0)
            return false;
        if (windowMilliseconds <= 0)
            return !limited || ++_retries <= maxRetries;
        TimeSpan now = clock.MonotonicClock;
        if (_retries > 0 && (now - _windowStart).TotalMilliseconds <= windowMilliseconds)
            return ++_retries <= (limited ? maxRetries : 1);
        _windowStart = now;
        _retries = 1;
        return true;
    }
}
