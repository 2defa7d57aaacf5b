namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ReceiveTimeoutClock _receiveTimeoutClock;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout is { } given && given <= TimeSpan.Zero && given != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"The receive timeout is {given}: it must be longer than zero", nameof(timeout));
        _receiveTimeout = timeout == Timeout.InfiniteTimeSpan ? null : timeout;
        _receiveTimeoutClock?.Stop();
        _receiveTimeoutClock = null;
        CheckReceiveTimeout();
    }

    /// <summary>A message was handled: the wait begins anew.</summary>
    public void CheckReceiveTimeout()
    {
        if (_receiveTimeout is not { } timeout || IsTerminated)
            return;
        _receiveTimeoutClock ??= new ReceiveTimeoutClock(SystemImpl.Scheduler, Self, timeout);
        _receiveTimeoutClock.Restart();
    }

    private void HoldReceiveTimeout() => _receiveTimeoutClock?.Hold();
}
