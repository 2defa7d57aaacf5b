using System.Collections.Concurrent;

namespace Exo.Actors.Sessions;

/// <summary>The generations that this device owns at present. Thread-safe.</summary>
internal sealed class OpenSessions(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Session> _open = new();
    private long _last;

    /// <summary>What each of them has come to, oldest first.</summary>
    public IEnumerable<SessionView> All => _open.Values.Select(session => session.View()).OrderBy(view => view.Id);

    /// <summary>Begins to follow one; disposing ends that.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="promptTokens">Tokens of its prompt.</param>
    public Session Begin(string model, int promptTokens)
    {
        Session session = new(this, Interlocked.Increment(ref _last), model, promptTokens);
        _open[session.Id] = session;
        return session;
    }

    /// <summary>One generation, followed by its events.</summary>
    public sealed class Session : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly OpenSessions _owner;
        private readonly long _asked;
        private SessionView _view;

        public Session(OpenSessions owner, long id, string model, int promptTokens)
        {
            _owner = owner;
            _asked = owner.Time.GetTimestamp();
            _view = new SessionView(id, model, "queued", promptTokens, 0, null, 0, TimeSpan.Zero);
        }

        public long Id => _view.Id;

        public void Observe(GenerationEvent happened)
        {
            lock (_gate)
            {
                _view = happened switch
                {
                    GenerationEvent.Started started => _view with { State = "running", Epoch = started.Epoch },
                    GenerationEvent.Token => _view with { Tokens = _view.Tokens + 1 },
                    GenerationEvent.Paused => _view with { State = "paused" },
                    GenerationEvent.Resumed resumed => _view with { State = "running", Epoch = resumed.Epoch, Recoveries = _view.Recoveries + 1 },
                    _ => _view,
                };
            }
        }

        public SessionView View()
        {
            lock (_gate)
            {
                return _view with { Age = _owner.Time.GetElapsedTime(_asked) };
            }
        }

        public void Dispose() => _owner._open.TryRemove(Id, out _);
    }

    private TimeProvider Time { get; } = time;
}
