namespace Akka.Actor;

public class Cancelable : ICancelable, IDisposable
{
    private readonly IActionScheduler _scheduler;
    private readonly Lock _lock = new();
    private CancellationTokenSource _source;
    private IScheduledWork _work;
    private volatile bool _canceled;

    public Cancelable(IScheduler scheduler)
        : this(scheduler.Advanced)
    {
    }

    public Cancelable(IScheduler scheduler, TimeSpan delay)
        : this(scheduler.Advanced, delay)
    {
    }

    public Cancelable(IScheduler scheduler, int millisecondsDelay)
        : this(scheduler.Advanced, TimeSpan.FromMilliseconds(millisecondsDelay))
    {
    }

    public Cancelable(IActionScheduler scheduler)
    {
        _scheduler = scheduler;
    }

    public Cancelable(IActionScheduler scheduler, TimeSpan delay)
        : this(scheduler)
    {
        CancelAfter(delay);
    }

    public bool IsCancellationRequested => _canceled;

    public bool IsDisposed { get; private set; }

    public CancellationToken Token
    {
        get
        {
            // Most cancelables are only ever asked whether they are cancelled: the source is made on demand.
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(IsDisposed, this);
                _source ??= new CancellationTokenSource();
                if (_canceled)
                    _source.Cancel();
                return _source.Token;
            }
        }
    }

    public static ICancelable CreateCanceled()
    {
        Cancelable canceled = new((IActionScheduler)null);
        canceled.Cancel();
        return canceled;
    }

    public void Cancel() => Cancel(throwOnFirstException: false);

    public void Cancel(bool throwOnFirstException)
    {
        CancellationTokenSource source;
        IScheduledWork work;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            if (_canceled)
                return;
            _canceled = true;
            source = _source;
            work = _work;
            _work = null;
        }

        work?.Remove();
        source?.Cancel(throwOnFirstException);
    }

    public void CancelAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _scheduler.ScheduleOnce(delay, () =>
        {
            if (!IsDisposed)
                Cancel();
        });
    }

    public void CancelAfter(int millisecondsDelay) => CancelAfter(TimeSpan.FromMilliseconds(millisecondsDelay));

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Work that is taken out of its queue at once when this is cancelled.</summary>
    internal void Attach(IScheduledWork work)
    {
        lock (_lock)
        {
            if (!_canceled)
                _work ??= work;
        }

        if (_canceled)
            work.Remove();
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        lock (_lock)
        {
            IsDisposed = true;
            _source?.Dispose();
        }
    }
}
