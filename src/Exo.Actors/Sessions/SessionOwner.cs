using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;
using Exo.Actors.Shards;

namespace Exo.Actors.Sessions;

/// <summary>
/// Looks after one generation: Waiting (no ring) ⇄ Running (admitted). It gives a ring the prompt and what was emitted so far,
/// passes tokens on, and when the ring breaks or falls silent does the same with the next. Since a token depends on nothing but
/// model, prompt, parameters, seed and position, the new ring says what the old one would have said.
/// </summary>
internal sealed class SessionOwner : ReceiveActor, IWithTimers
{
    private readonly GenerationRequest _request;
    private readonly string _model;
    private readonly ChannelWriter<GenerationEvent> _events;
    private readonly IActorRef _keeper;
    private readonly SessionSettings _settings;
    private readonly string _address;
    private readonly Guid _session = Guid.NewGuid();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SessionRecord _record;
    private SessionProgress? _progress;
    private RingPlan? _ring;
    private int _attempt;
    private int _triesOnThisRing;
    private TimeSpan _waitingSince;
    private string? _waitingFor;
    private long _loadingBytes;
    private float _hop;

    public SessionOwner(GenerationRequest request, string model, string address, ChannelWriter<GenerationEvent> events, IActorRef keeper, SessionSettings settings, SessionRecord record)
    {
        _request = request;
        _model = model;
        _address = address;
        _events = events;
        _keeper = keeper;
        _settings = settings;
        _record = record;
        _record.Asked ??= Now;
        _progress = record.Progress;
        _attempt = record.Attempts;
        _waitingSince = Now;
        Waiting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.HighResMonotonicClock;

    private SessionKey Key => new(_session, _attempt);

    protected override void PreStart()
    {
        _keeper.Tell(new RingProtocol.Listen(_model, Self));
        if (_attempt == 0)
        {
            _events.TryWrite(new GenerationEvent.Queued());
        }
        else
        {
            SayPaused("The device joins others and starts anew.");
        }

        Timers.StartSingleTimer("give-up", GiveUp.Instance, _settings.GiveUpAfter);
    }

    /// <summary>Whatever ends this actor, the stream ends too; without a last event, the caller goes on in the next actor system.</summary>
    protected override void PostStop() => _events.TryComplete();

    private void Waiting()
    {
        Receive<RingProtocol.Changed>(changed => OnRing(changed.Status));
        Receive<GiveUp>(_ => OnGiveUp());
        Receive<Stop>(_ => End(FinishReason.Cancelled));
        ReceiveAny(message => _log.Debug("Waiting: {0} came too late.", message.GetType().Name));
    }

    private void Running()
    {
        Receive<ShardProtocol.Token>(OnToken);
        Receive<ShardProtocol.Admitted>(OnAdmitted);
        Receive<ShardProtocol.Refused>(OnRefused);
        Receive<RingProtocol.Changed>(changed => OnRing(changed.Status));
        Receive<Silence>(_ => OnSilence());
        Receive<Stop>(_ =>
        {
            StageZero(_ring!).Tell(new ShardProtocol.Cancel(_ring!.Epoch, Key));
            End(FinishReason.Cancelled);
        });
        ReceiveAny(message => _log.Debug("Running: unexpected {0}.", message.GetType().Name));
    }

    private void OnRing(RingStatus status)
    {
        if (status.State == RingState.Ready)
        {
            if (_ring is null || status.Plan!.Epoch > _ring.Epoch)
            {
                _triesOnThisRing = 0;
                Admit(status.Plan!, status.Wish);
            }
        }
        else
        {
            _waitingFor = status.Reason;
            _loadingBytes = status.State == RingState.Degraded ? 0 : status.Wish.UnitBytes.Sum();
            if (_ring is not null)
            {
                Pause(status.Reason ?? "The ring is being rebuilt.");
            }
            else if (status.State == RingState.Degraded)
            {
                Fail(FailureKind.NotEnoughMemory, status.Reason!);
            }
        }
    }

    private void Admit(RingPlan ring, ModelWish wish)
    {
        _progress = _record.Progress ??= new SessionProgress(_request, wish.ContextTokens, _record.Asked!.Value);
        if (_progress.MaxTokens < 1)
        {
            Fail(FailureKind.InvalidRequest, $"The prompt has {_request.PromptTokens.Length} tokens, the context {wish.ContextTokens}: shorten it.");
            return;
        }

        bool first = _attempt == 0;
        _ring = ring;
        _record.Attempts = ++_attempt;
        Timers.Cancel("give-up");
        StageZero(ring).Tell(new ShardProtocol.Admit(ring.Epoch, Key, new OwnerName(_address, Self.Path.Name), _progress.AllTokens, _progress.Emitted, _request.Sampling, _progress.Left, [.. _request.StopTokens]));
        Timers.StartSingleTimer("silence", Silence.Instance, _settings.Patience(_progress.NextPosition, _triesOnThisRing));
        if (!first)
        {
            _log.Info("Session {0} is admitted again, attempt {1}, epoch {2}, position {3}.", _session, _attempt, ring.Epoch, _progress.NextPosition);
        }

        Become(Running);
    }

    private void OnAdmitted(ShardProtocol.Admitted admitted)
    {
        if (admitted.Session != Key)
        {
            return;
        }

        if (admitted.Waiting)
        {
            // A place frees when another session ends; that may take its whole answer.
            Timers.Cancel("silence");
            _events.TryWrite(new GenerationEvent.Queued());
            return;
        }

        _progress!.Started(Now);
        Timers.StartSingleTimer("silence", Silence.Instance, _settings.Patience(_progress.NextPosition, _triesOnThisRing));
        SayStarted();
    }

    private void OnToken(ShardProtocol.Token token)
    {
        if (token.Session != Key)
        {
            return;
        }

        TimeSpan now = Now;
        TimeSpan sinceLast = now - _progress!.LastToken;
        _progress.Started(now);
        SayStarted();
        if (!_progress.Accept(token.Position, token.Id, now))
        {
            if (token.Position > _progress.NextPosition)
            {
                Again("a token was lost");
            }

            return;
        }

        _hop = token.HopMicroseconds > 0 ? token.HopMicroseconds : _hop;
        if (_record.Paused)
        {
            _record.Paused = false;
            _events.TryWrite(new GenerationEvent.Resumed(_ring!.Epoch.ToString(), sinceLast));
        }

        _triesOnThisRing = 0;
        _events.TryWrite(new GenerationEvent.Token(token.Id, _progress.Emitted - 1));
        if (_progress.Finish(token.Id) is { } reason)
        {
            End(reason);
        }
        else
        {
            Timers.StartSingleTimer("silence", Silence.Instance, _settings.Patience(0, 0));
        }
    }

    private void OnRefused(ShardProtocol.Refused refused)
    {
        if (refused.Session != Key)
        {
            return;
        }

        if (refused.Final)
        {
            Fail(FailureKind.InvalidRequest, refused.Reason);
        }
        else
        {
            Pause(refused.Reason);
        }
    }

    private void OnSilence() => Again("the ring fell silent");

    /// <summary>The same ring once more, with a new attempt.</summary>
    private void Again(string why)
    {
        _log.Info("Session {0}: {1}.", _session, why);
        _triesOnThisRing++;
        if (_triesOnThisRing > 4)
        {
            Fail(FailureKind.Unavailable, "The ring does not answer: look at exo status and the devices' logs.");
            return;
        }

        _record.Attempts = ++_attempt;
        SayPaused(why);
        StageZero(_ring!).Tell(new ShardProtocol.Admit(_ring!.Epoch, Key, new OwnerName(_address, Self.Path.Name), _progress!.AllTokens, _progress.Emitted, _request.Sampling, _progress.Left, [.. _request.StopTokens]));
        Timers.StartSingleTimer("silence", Silence.Instance, _settings.Patience(_progress.NextPosition, _triesOnThisRing));
    }

    private void Pause(string reason)
    {
        SayPaused(reason);
        _waitingSince = Now;
        Timers.Cancel("silence");
        if (!Timers.IsTimerActive("give-up"))
        {
            Timers.StartSingleTimer("give-up", GiveUp.Instance, _settings.GiveUpAfter);
        }

        Become(Waiting);
    }

    private void SayStarted()
    {
        if (!_record.SaidStarted)
        {
            _record.SaidStarted = true;
            _events.TryWrite(new GenerationEvent.Started(_model, _request.PromptTokens.Length, _ring!.Epoch.ToString()));
        }
    }

    private void SayPaused(string reason)
    {
        if (!_record.Paused)
        {
            _record.Paused = true;
            _events.TryWrite(new GenerationEvent.Paused(reason));
        }
    }

    private void OnGiveUp()
    {
        TimeSpan left = _waitingSince + _settings.RingPatience(_loadingBytes) - Now;
        if (left > TimeSpan.Zero)
        {
            Timers.StartSingleTimer("give-up", GiveUp.Instance, left);
        }
        else
        {
            Fail(FailureKind.Unavailable, $"No ring for {_model} within {(Now - _waitingSince).TotalSeconds:0} s: {_waitingFor ?? "nobody answered"}");
        }
    }

    private void End(FinishReason reason)
    {
        _events.TryWrite(new GenerationEvent.Finished(reason, (_progress ?? new SessionProgress(_request, int.MaxValue, _record.Asked!.Value)).Timings(Now, Math.Max(0, _attempt - 1), _hop)));
        _events.TryComplete();
        Context.Stop(Self);
    }

    private void Fail(FailureKind kind, string message)
    {
        _log.Warning("Session {0} failed: {1}", _session, message);
        _events.TryWrite(new GenerationEvent.Failed(kind, message));
        _events.TryComplete();
        Context.Stop(Self);
    }

    private static IActorRef StageZero(RingPlan ring) => Addresses.Resolve(Context.System, ring.Stages[0].Device, $"{ShardProtocol.Path}/{ring.ShardName(0)}");

    /// <summary>The caller has gone.</summary>
    internal sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Silence
    {
        public static readonly Silence Instance = new();
    }

    private sealed record GiveUp
    {
        public static readonly GiveUp Instance = new();
    }
}
