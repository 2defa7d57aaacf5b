using Exo.Actors.Logging;
using Exo.Actors.Membership;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exo.Actors;

/// <summary>
/// The actor systems of a device, one after the other. When others removed it, or it yields to the other side of a healed
/// partition, the next one joins them at the same address; gateway, models and open requests live on. The host ends with the last.
/// </summary>
internal sealed class NodeLife : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private const int MostTries = 30;

    private static readonly Action<ILogger, int, int, string, Exception?> s_restartFailed = LoggerMessage.Define<int, int, string>(
        LogLevel.Error, EventIds.RestartFailed, "The actor system could not start anew (attempt {Attempt} of {Most}): {Reason}");

    private readonly Func<Incarnation?, Rejoining, CancellationToken, Task<Incarnation>> _make;
    private readonly IHostApplicationLifetime _host;
    private readonly ILogger<NodeLife> _log;
    private readonly Rejoining _rejoining = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource<Incarnation> _current = Pending();
    private volatile Incarnation? _running;
    private Task _living = Task.CompletedTask;

    /// <summary>Makes nothing yet.</summary>
    /// <param name="make">Starts an actor system: after which one, with what memory.</param>
    /// <param name="host">Ended when the device ends by itself.</param>
    /// <param name="log">For what goes wrong between two systems.</param>
    public NodeLife(Func<Incarnation?, Rejoining, CancellationToken, Task<Incarnation>> make, IHostApplicationLifetime host, ILogger<NodeLife> log)
    {
        _make = make;
        _host = host;
        _log = log;
    }

    /// <summary>The latest one, which may have ended.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public Incarnation Latest => _running ?? throw new InvalidOperationException("The device has not started: start its host first.");

    /// <summary>The one that runs, or the next as soon as it does.</summary>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="OperationCanceledException">The device ended, or the wait was cancelled.</exception>
    public async ValueTask<Incarnation> CurrentAsync(CancellationToken ct) => await Volatile.Read(ref _current).Task.WaitAsync(ct);

    /// <summary>The one after this one, which is about to end.</summary>
    /// <param name="incarnation">Whose end is seen by a caller.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when the device ends with it.</returns>
    public async ValueTask<Incarnation?> NextAsync(Incarnation incarnation, CancellationToken ct)
    {
        try
        {
            // A caller may see the end before this does.
            await incarnation.System.WhenTerminated.WaitAsync(ct);
            return await CurrentAsync(ct) is { } current && current != incarnation ? current : null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Incarnation first = await _make(null, _rejoining, cancellationToken);
        Show(first);
        _living = LiveAsync(first);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is { } running)
        {
            await running.StopAsync(cancellationToken);
        }

        await _living.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is { } running)
        {
            await running.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private static TaskCompletionSource<Incarnation> Pending() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Show(Incarnation incarnation)
    {
        _running = incarnation;
        Volatile.Read(ref _current).TrySetResult(incarnation);
        incarnation.Ending.Register(() => Volatile.Write(ref _current, Pending()));
    }

    private async Task LiveAsync(Incarnation incarnation)
    {
        while (await incarnation.EndedAsync(() => _rejoining.Others) is { IsDefault: false } others && !_stopping.IsCancellationRequested)
        {
            _rejoining.Seeds = others;
            if (await AgainAsync(incarnation) is not { } next)
            {
                break;
            }

            await incarnation.DisposeAsync();
            incarnation = next;
        }

        Volatile.Read(ref _current).TrySetCanceled();
        if (!_stopping.IsCancellationRequested)
        {
            _host.StopApplication();
        }
    }

    /// <summary>The port may be taken for a moment, as by the system that just ended.</summary>
    private async Task<Incarnation?> AgainAsync(Incarnation before)
    {
        for (int attempt = 1; !_stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                Incarnation next = await _make(before, _rejoining, _stopping.Token);
                Show(next);
                return next;
            }
#pragma warning disable CA1031 // Whatever keeps the system from starting, the device tries again and ends when it cannot.
            catch (Exception e)
#pragma warning restore CA1031
            {
                s_restartFailed(_log, attempt, MostTries, e.Message, e);
                if (attempt == MostTries)
                {
                    return null;
                }

                await Task.Delay(s_retry, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }

        return null;
    }
}
