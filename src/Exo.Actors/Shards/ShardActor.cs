using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Exo.Actors.Models;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;

namespace Exo.Actors.Shards;

/// <summary>Hosts one slice of a model: Loading → Serving, or Loading → Failed; stopped by its parent when a newer epoch is valid.</summary>
internal sealed class ShardActor : ReceiveActor, IWithStash
{
    private static readonly TimeSpan s_lostAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_hopEvery = TimeSpan.FromMilliseconds(500);
    private readonly RingPlan _plan;
    private readonly int _stage;
    private readonly ModelWish _wish;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StageCompute _compute;
    private readonly Scheduler _scheduler;
    private ChunkSizer _chunks;
    private readonly HopClock _hops;
    private readonly ActorSelection _keeper = Context.ActorSelection($"/user/{RingProtocol.Path}");
    private readonly Dictionary<long, Trip> _trips = [];
    private readonly Dictionary<SessionKey, OwnerName> _owners = [];
    private readonly OwnerRefs _ownerRefs = new(Context.System);
    private readonly PrefixAgreement _agreement;
    private readonly HashSet<IActorRef> _waitingForReport = [];
    private IActorRef _next = ActorRefs.Nobody;
    private IActorRef _first = ActorRefs.Nobody;
    private Slice? _slice;

    private RingProtocol.Ready? _ready;
    private RingProtocol.LoadFailed? _failed;
    private long _batch;
    private TimeSpan _hopTold;

    public ShardActor(RingPlan plan, int stage, ModelWish wish, ModelStore store, ShardSettings settings)
    {
        _plan = plan;
        _stage = stage;
        _wish = wish;
        _scheduler = new Scheduler(wish.Sessions, settings.SharePrefixes);
        _agreement = new PrefixAgreement(alone: plan.Stages.Length == 1);
        _chunks = new ChunkSizer(settings.ChunkTokens, settings.ChunkFor);
        _hops = new HopClock(plan.Stages.Length);
        _compute = new StageCompute(Self, $"exo-{plan.ShardName(stage)}");
        _compute.Load(store, wish, plan.Stages[stage], settings);
        Loading(settings);
    }

    public IStash Stash { get; set; } = null!;

    private bool IsTail => _stage == _plan.Stages.Length - 1;

    private static TimeSpan Now => Context.System.Scheduler.HighResMonotonicClock;

    protected override void PostStop()
    {
        _compute.Complete();
        foreach ((SessionKey session, OwnerName owner) in _owners)
        {
            OwnerOf(owner).Tell(new ShardProtocol.Refused(session, "The ring was replaced.", Final: false));
        }
    }

    private void Loading(ShardSettings settings)
    {
        Receive<Report>(report => _waitingForReport.Add(report.To));
        Receive<StageCompute.Loaded>(loaded =>
        {
            _slice = loaded.Slice;
            _chunks = new ChunkSizer(Math.Min(settings.MostTokens(loaded.Slice.HiddenSize), loaded.Slice.MostRowTokens), settings.ChunkFor);
            _ready = new RingProtocol.Ready(_plan.Model, _plan.Epoch, _stage, loaded.Slice.WeightBytes, loaded.Milliseconds);
            _log.Info("Stage {0} of {1}, epoch {2}: units {3}, {4}, loaded in {5} ms.", _stage, _plan.Model, _plan.Epoch, _plan.Stages[_stage].Units, ByteText.Of(loaded.Slice.WeightBytes), loaded.Milliseconds);
            _first = StageRef(0);
            _next = IsTail ? ActorRefs.Nobody : StageRef(_stage + 1);
            Become(Serving);
            Announce();
            Stash.UnstashAll();
        });
        Receive<StageCompute.NotLoaded>(failed =>
        {
            _failed = new RingProtocol.LoadFailed(_plan.Model, _plan.Epoch, _stage, failed.Reason);
            _log.Warning("Stage {0} of {1} cannot be loaded: {2}", _stage, _plan.Model, failed.Reason);
            Become(Failed);
            Announce();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Failed()
    {
        Receive<Report>(report => report.To.Tell(_failed!));
        Receive<ShardProtocol.Admit>(admit => OwnerOf(admit.Owner).Tell(new ShardProtocol.Refused(admit.Session, _failed!.Reason, Final: false)));
    }

    private void Serving()
    {
        Receive<Report>(report => report.To.Tell(_ready!));
        Receive<ShardProtocol.Admit>(Known<ShardProtocol.Admit>(admit => admit.Epoch, OnAdmit));
        Receive<ShardProtocol.Cancel>(Known<ShardProtocol.Cancel>(cancel => cancel.Epoch, cancel => End(cancel.Session)));
        Receive<ShardProtocol.Close>(Known<ShardProtocol.Close>(close => close.Epoch, OnClose));
        Receive<ShardProtocol.Share>(Known<ShardProtocol.Share>(share => share.Epoch, share => _compute.Open(share.Session, share.Opening, share.Tokens)));
        Receive<ShardProtocol.Shared>(Known<ShardProtocol.Shared>(shared => shared.Epoch, OnShared));
        Receive<StageCompute.Looked>(OnLooked);
        Receive<StageCompute.Closed>(closed => _next.Tell(closed.Message)); // nobody, at the tail
        Receive<ShardProtocol.StepBatch>(Known<ShardProtocol.StepBatch>(batch => batch.Epoch, OnBatch));
        Receive<ShardProtocol.StepResult>(Known<ShardProtocol.StepResult>(result => result.Epoch, OnResult));
        Receive<StageCompute.Computed>(OnComputed);
        Receive<StageCompute.Fault>(OnComputeFault);
        Receive<Terminated>(OnOwnerGone);
    }

    /// <summary>Messages of another epoch are refused.</summary>
    private Action<T> Known<T>(Func<T, Epoch> epoch, Action<T> handle) => message =>
    {
        if (epoch(message) == _plan.Epoch)
        {
            handle(message);
        }
        else
        {
            _log.Debug("Refused a {0} of epoch {1}; this is {2}.", typeof(T).Name, epoch(message), _plan.Epoch);
        }
    };

    private void Announce()
    {
        foreach (IActorRef listener in _waitingForReport)
        {
            Self.Tell(new Report(listener));
        }

        _waitingForReport.Clear();
    }

    private void OnAdmit(ShardProtocol.Admit admit)
    {
        foreach (SessionKey older in _scheduler.Older(admit.Session))
        {
            End(older);
        }

        if (_owners.ContainsKey(admit.Session))
        {
            return;
        }

        IActorRef owner = OwnerOf(admit.Owner);
        if (AdmitCheck.Refusal(admit, _plan.Model, _wish.ContextTokens, _slice!.VocabularySize) is { } reason)
        {
            owner.Tell(new ShardProtocol.Refused(admit.Session, reason, Final: true));
            return;
        }

        // A result that got lost with a connection would keep its credit for ever.
        foreach (long lost in _trips.Where(trip => Now - trip.Value.Start > s_lostAfter).Select(trip => trip.Key).ToArray())
        {
            _trips.Remove(lost);
        }

        _owners.Add(admit.Session, admit.Owner);
        Context.Watch(owner);
        bool runs = _scheduler.Admit(admit.Session, new Opening(admit.Owner, admit.Tokens.Length + admit.MaxTokens, admit.Sampling, Recent(admit)), admit.Tokens, admit.MaxTokens, admit.StopTokens);
        owner.Tell(new ShardProtocol.Admitted(admit.Session, Waiting: !runs));
        Feed();
    }

    /// <summary>The tail sees no ids but those it chooses, so a session that goes on brings what the penalties look back at.</summary>
    private static ImmutableArray<int> Recent(ShardProtocol.Admit admit) =>
        admit.Sampling.HasPenalties ? admit.Tokens[^Math.Min(admit.Sampling.PenaltyWindow, admit.Emitted)..] : [];

    /// <summary>Starts batches as long as there are rows and credits: as many batches are under way as there are stages.</summary>
    private void Feed()
    {
        foreach (SessionKey starting in _scheduler.Starting())
        {
            LookFor(starting, int.MaxValue);
        }

        while (_trips.Count < _plan.Stages.Length)
        {
            ImmutableArray<StepRow> rows = _scheduler.NextBatch(_chunks.Tokens);
            if (rows.IsEmpty)
            {
                return;
            }

            _trips[++_batch] = new Trip(Now, rows.Sum(row => row.Count), [.. rows.Where(row => !row.Sample).Select(row => row.Session)]);
            _compute.Run(_batch, 0, _hops.Microseconds, rows, ReadOnlyMemory<byte>.Empty);
        }
    }

    private void OnBatch(ShardProtocol.StepBatch batch)
    {
        TellHop(batch.HopMicroseconds);
        _compute.Run(batch.Batch, batch.ComputeMicroseconds, batch.HopMicroseconds, batch.Rows, batch.Hidden);
    }

    /// <summary>What stage 0 measured, for this device's keeper, which shows it; not more often than people look.</summary>
    private void TellHop(float microseconds)
    {
        TimeSpan now = Now;
        if (microseconds > 0 && now - _hopTold > s_hopEvery)
        {
            _hopTold = now;
            _keeper.Tell(new RingProtocol.HopMeasured(_plan.Model, _plan.Epoch, microseconds));
        }
    }

    private void OnComputed(StageCompute.Computed done)
    {
        foreach ((SessionKey session, OwnerName owner, string reason) in done.Output.Refused)
        {
            OwnerOf(owner).Tell(new ShardProtocol.Refused(session, reason, Final: true));
        }

        if (!IsTail)
        {
            _next.Tell(new ShardProtocol.StepBatch(_plan.Epoch, done.Batch, done.Spent, done.Hop, done.Output.Rows, done.Output.Hidden));
            return;
        }

        foreach ((ChosenToken token, OwnerName owner) in done.Output.Chosen)
        {
            OwnerOf(owner).Tell(token.Id < 0
                ? new ShardProtocol.Refused(token.Session, "The model computed a number that is not finite: its file is damaged, or it cannot continue this text.", Final: true)
                : new ShardProtocol.Token(token.Session, token.Position, token.Id, done.Hop));
        }

        ShardProtocol.StepResult result = new(_plan.Epoch, done.Batch, done.Spent, [.. done.Output.Chosen.Select(chosen => chosen.Token)]);
        if (_stage == 0)
        {
            OnResult(result);
        }
        else
        {
            _first.Tell(result);
        }
    }

    private void OnResult(ShardProtocol.StepResult result)
    {
        if (_trips.Remove(result.Batch, out Trip? trip))
        {
            _chunks.Measured(trip.Tokens, result.ComputeMicroseconds);
            if (!result.Tokens.IsEmpty)
            {
                _hops.Trip(Now - trip.Start, result.ComputeMicroseconds);
                TellHop(_hops.Microseconds);
            }

            // A prompt that is still being read: its owner hears that the ring is at it.
            foreach (SessionKey reading in trip.Reading)
            {
                if (_owners.TryGetValue(reading, out OwnerName? owner))
                {
                    OwnerOf(owner).Tell(new ShardProtocol.Admitted(reading, Waiting: false));
                }
            }
        }

        foreach (ChosenToken token in result.Tokens)
        {
            if (_scheduler.Chosen(token))
            {
                End(token.Session);
            }
        }

        Feed();
    }

    /// <summary>Stage 0: a session is over, here and on the stages behind.</summary>
    private void End(SessionKey session)
    {
        if (_owners.Remove(session, out OwnerName? owner) && !_owners.ContainsValue(owner))
        {
            Context.Unwatch(OwnerOf(owner));
            _ownerRefs.Forget(owner);
        }

        if (_scheduler.Remove(session, out bool wasRunning) is { } started && _owners.TryGetValue(started, out OwnerName? waiting))
        {
            OwnerOf(waiting).Tell(new ShardProtocol.Admitted(started, Waiting: false));
        }

        _agreement.Forget(session);
        if (wasRunning)
        {
            OnClose(new ShardProtocol.Close(_plan.Epoch, session));
        }

        Feed();
    }

    private void OnClose(ShardProtocol.Close close) => _compute.Close(close);

    /// <summary>Stage 0: what is here of a session's beginning, up to some tokens?</summary>
    private void LookFor(SessionKey session, int most)
    {
        if (_scheduler.Prompt(session) is { } prompt)
        {
            _compute.Open(session, prompt.Opening, most < prompt.Tokens.Length ? prompt.Tokens[..(most + 1)] : prompt.Tokens);
        }
    }

    private void OnLooked(StageCompute.Looked looked)
    {
        if (_stage == 0 && _scheduler.Prompt(looked.Session) is null)
        {
            return; // it is over: its end went to the slice behind this
        }

        if (_stage == 0 && _agreement.Found(looked.Session, looked.Count))
        {
            Begin(looked.Session, looked.Count);
        }
        else if (IsTail || looked.Count == 0)
        {
            _first.Tell(new ShardProtocol.Shared(_plan.Epoch, looked.Session, looked.Count));
        }
        else
        {
            _next.Tell(new ShardProtocol.Share(_plan.Epoch, looked.Session, looked.Opening, looked.Tokens[..(looked.Count + 1)]));
        }
    }

    private void OnShared(ShardProtocol.Shared shared)
    {
        switch (_agreement.Agreed(shared.Session, shared.Count))
        {
            case (true, int count):
                Begin(shared.Session, count);
                break;
            case (false, int count):
                LookFor(shared.Session, count);
                break;
        }
    }

    private void Begin(SessionKey session, int computed)
    {
        _log.Debug("Session {0} begins behind {1} tokens that were computed before.", session, computed);
        Context.System.EventStream.Publish(new Began(session, computed));
        _scheduler.Begin(session, computed);
        Feed();
    }

    private void OnOwnerGone(Terminated gone)
    {
        foreach (SessionKey orphan in _owners.Where(entry => OwnerOf(entry.Value).Equals(gone.ActorRef)).Select(entry => entry.Key).ToArray())
        {
            End(orphan);
        }
    }

    private void OnComputeFault(StageCompute.Fault fault)
    {
        _log.Error(fault.Cause, "Stage {0} of {1} failed to compute.", _stage, _plan.Model);
        throw new InvalidOperationException($"Stage {_stage} of {_plan.Model} failed to compute.", fault.Cause);
    }

    private IActorRef OwnerOf(OwnerName owner) => _ownerRefs[owner];

    private IActorRef StageRef(int stage) =>
        stage == _stage ? Self : Addresses.Resolve(Context.System, _plan.Stages[stage].Device, $"{ShardProtocol.Path}/{_plan.ShardName(stage)}");

    /// <summary>Tell me when the slice is there, or why not.</summary>
    /// <param name="To">Who asks.</param>
    internal sealed record Report(IActorRef To);

    /// <summary>On the event stream of stage 0's device: a session begins.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Computed">Tokens of its beginning that the stages had already.</param>
    internal sealed record Began(SessionKey Session, int Computed);

    /// <summary>A batch on its way round.</summary>
    /// <param name="Start">When it left.</param>
    /// <param name="Tokens">How many tokens it has.</param>
    /// <param name="Reading">Sessions whose prompt does not end with it.</param>
    private sealed record Trip(TimeSpan Start, int Tokens, ImmutableArray<SessionKey> Reading);
}
