using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Exo.Actors.Membership;
using Exo.Actors.Models;
using Exo.Actors.Protocol;

namespace Exo.Actors.Ring;

/// <summary>
/// Looks after the rings, one on every device. It only carries messages: <see cref="KeeperDecision"/> says whether it is this
/// keeper's turn and what to propose. Propose → every stage is ready → commit; a commit with a higher epoch wins everywhere.
/// Wishes and rings are told again every now and then, so that a lost message or a newcomer needs no special case.
/// </summary>
internal sealed class Keeper : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);
    private const int TellAllEvery = 5;
    private readonly IActorRef _directory;
    private readonly IActorRef _shards;
    private readonly ModelStore _store;
    private readonly WishMemory _wishes;
    private readonly KeeperSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, ModelRing> _rings = [];
    private readonly Dictionary<string, List<IActorRef>> _early = [];
    private DirectoryView? _view;
    private int _ticks;

    public Keeper(IActorRef directory, IActorRef shards, ModelStore store, WishMemory wishes, KeeperSettings settings)
    {
        _directory = directory;
        _shards = shards;
        _store = store;
        _wishes = wishes;
        _settings = settings;
        Receive<DirectoryProtocol.Changed>(OnDirectory);
        Receive<RingProtocol.Want>(OnWant);
        Receive<RingProtocol.Drop>(OnDrop);
        Receive<RingProtocol.Listen>(OnListen);
        Receive<RingProtocol.Ask>(_ => Sender.Tell(new RingProtocol.Rings([.. _rings.Values.Where(ring => !ring.Wish.Dropped).OrderBy(ring => ring.Wish.Model, StringComparer.Ordinal).Select(ring => ring.Status(_view))], _view)));
        Receive<RingProtocol.Wishes>(wishes => wishes.All.ToList().ForEach(Adopt));
        Receive<RingProtocol.Prepare>(OnPrepare);
        Receive<RingProtocol.Ready>(OnReady);
        Receive<RingProtocol.LoadFailed>(OnLoadFailed);
        Receive<RingProtocol.Commit>(OnCommit);
        Receive<RingProtocol.NoPlan>(OnNoPlan);
        Receive<RingProtocol.StageLost>(OnStageLost);
        Receive<RingProtocol.Outdated>(OnOutdated);
        Receive<RingProtocol.HopMeasured>(hop =>
        {
            if (_rings.TryGetValue(hop.Model, out ModelRing? ring) && ring.Committed?.Epoch == hop.Epoch)
            {
                ring.HopMicroseconds = hop.Microseconds;
            }
        });
        Receive<Terminated>(gone =>
        {
            foreach (ModelRing ring in _rings.Values)
            {
                ring.Listeners.Remove(gone.ActorRef);
            }
        });
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _wishes.All.ToList().ForEach(Adopt);
        _directory.Tell(new DirectoryProtocol.Listen(Self));
        Timers.StartPeriodicTimer("tick", Tick.Instance, s_tick);
    }

    private void OnDirectory(DirectoryProtocol.Changed changed)
    {
        bool newcomer = _view is null || changed.View.Devices.Any(device => !_view.Has(device.Address, device.Uid));
        _view = changed.View;
        if (newcomer)
        {
            TellAll();
        }

        foreach (ModelRing ring in _rings.Values)
        {
            Decide(ring);
        }
    }

    private void OnWant(RingProtocol.Want want)
    {
        long version = _rings.TryGetValue(want.Wish.Model, out ModelRing? known) ? known.Wish.Version + 1 : DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Adopt(want.Wish with { Version = version });
        TellAll();
    }

    private void OnDrop(RingProtocol.Drop drop)
    {
        bool there = _rings.TryGetValue(drop.Model, out ModelRing? ring) && !ring.Wish.Dropped;
        if (there)
        {
            Adopt(ring!.Wish with { Dropped = true, Version = ring.Wish.Version + 1 });
            TellAll();
        }

        Sender.Tell(there);
    }

    private void OnListen(RingProtocol.Listen listen)
    {
        Context.Watch(listen.Listener);
        if (_rings.TryGetValue(listen.Model, out ModelRing? ring))
        {
            ring.Listeners.Add(listen.Listener);
            listen.Listener.Tell(new RingProtocol.Changed(ring.Status(_view)));
        }
        else
        {
            _early.TryAdd(listen.Model, []);
            _early[listen.Model].Add(listen.Listener);
        }
    }

    private void Adopt(ModelWish wish)
    {
        if (!_rings.TryGetValue(wish.Model, out ModelRing? ring))
        {
            ring = new ModelRing(wish, Now);
            _rings.Add(wish.Model, ring);
            ring.Listeners.UnionWith(_early.Remove(wish.Model, out List<IActorRef>? early) ? early : []);
        }
        else if (wish.Version > ring.Wish.Version)
        {
            ring.Wish = wish;
            ring.Refusal = null;
        }
        else
        {
            return;
        }

        _wishes.Remember(wish);
        _store.Hint(wish.Model, wish.PathHint, wish.Fingerprint);
        if (wish.Dropped)
        {
            ring.Committed = null;
            ring.EndProposal();
            _shards.Tell(new RingProtocol.Retire(wish.Model, new Epoch(long.MaxValue, int.MaxValue)));
        }

        Decide(ring);
    }

    private void Decide(ModelRing ring)
    {
        if (_view is null)
        {
            return;
        }

        if (ring.Proposal is { } pending && !KeeperDecision.IsWhole(_view, pending.Plan))
        {
            ring.EndProposal();
        }

        // Before this device is a member that has introduced itself, it knows of nobody who could hold a slice.
        if (ring.Proposal is null && _view.Devices.Any(device => device.Address == _view.Self && device is { IsUp: true, Profile: not null }))
        {
            TimeSpan now = Now;
            HashSet<string> excluded = [.. ring.ExcludedUntil.Where(entry => entry.Value > now).Select(entry => entry.Key)];
            switch (KeeperDecision.Next(_view, ring.Wish, ring.Committed, excluded, ring.IsWhole(_view), gathering: now - ring.Since < _settings.GatherFor))
            {
                case KeeperMove.Propose propose:
                    Propose(ring, propose.Stages);
                    break;
                case KeeperMove.Refuse refuse:
                    Refuse(ring, excluded.Count > 0 && ring.LastFailure is { } failure ? failure : refuse.Reason);
                    break;
            }
        }

        ring.TellListeners(_view);
    }

    private void Propose(ModelRing ring, ImmutableArray<StagePlan> stages)
    {
        RingPlan plan = new(ring.Wish.Model, ring.Highest.Next(_view!.SelfUid), stages);
        ring.Propose(new Proposal(plan, Now + _settings.Deadline(plan)));
        ring.Refusal = null;
        _log.Info("Proposing epoch {0} of {1}: {2}.", plan.Epoch, plan.Model, string.Join(", ", stages.Select(stage => $"{stage.Name} {stage.Units}")));
        Prepare(ring);
    }

    private void Prepare(ModelRing ring)
    {
        foreach (int stage in ring.Proposal!.Missing)
        {
            KeeperOf(ring.Proposal.Plan.Stages[stage].Device).Tell(new RingProtocol.Prepare(ring.Proposal.Plan, stage, ring.Wish, _view!.Self));
        }
    }

    private void Refuse(ModelRing ring, string reason)
    {
        if (ring.Refusal != reason)
        {
            _log.Warning("No plan for {0}: {1}", ring.Wish.Model, reason);
            ring.Refusal = reason;
            TellOthers(new RingProtocol.NoPlan(ring.Wish.Model, reason));
        }
    }

    private void OnPrepare(RingProtocol.Prepare prepare)
    {
        Adopt(prepare.Wish);
        ModelRing ring = _rings[prepare.Plan.Model];
        if (prepare.Plan.Epoch < ring.Highest)
        {
            KeeperOf(prepare.Proposer).Tell(new RingProtocol.Outdated(ring.Wish.Model, ring.Highest));
            return;
        }

        if ((ring.Committed is { } committed && prepare.Plan.Epoch <= committed.Epoch) || ring.Wish.Dropped)
        {
            return;
        }

        ring.Saw(prepare.Plan.Epoch);

        // A ring that lost a stage serves no more: its slices make room before the new ones come.
        if (ring.Committed is not null && !ring.IsWhole(_view))
        {
            _shards.Tell(new RingProtocol.Retire(ring.Wish.Model, prepare.Plan.Epoch));
        }

        IActorRef proposer = KeeperOf(prepare.Proposer);
        _shards.Tell(new RingProtocol.Host(prepare.Plan, prepare.Stage, prepare.Wish), proposer);
    }

    private void OnReady(RingProtocol.Ready ready)
    {
        if (_rings.TryGetValue(ready.Model, out ModelRing? ring) && ring.Proposal is { } proposal && proposal.Plan.Epoch == ready.Epoch)
        {
            proposal.Ready(ready.Stage);
            if (proposal.IsComplete)
            {
                ring.EndProposal();
                ring.ExcludedUntil.Clear();
                RingProtocol.Commit commit = new(proposal.Plan);
                TellOthers(commit);
                OnCommit(commit);
            }
        }
    }

    private void OnLoadFailed(RingProtocol.LoadFailed failed)
    {
        if (_rings.TryGetValue(failed.Model, out ModelRing? ring) && ring.Proposal is { } proposal && proposal.Plan.Epoch == failed.Epoch)
        {
            StagePlan stage = proposal.Plan.Stages[failed.Stage];
            _log.Warning("{0} could not load units {1} of {2}: {3}", stage.Name, stage.Units, failed.Model, failed.Reason);
            Abandon(ring, stage, failed.Reason);
        }
    }

    private void Abandon(ModelRing ring, StagePlan culprit, string reason)
    {
        ring.EndProposal();
        ring.LastFailure = reason;
        ring.ExcludedUntil[culprit.Device] = Now + _settings.ExcludeFor;
        Decide(ring);
    }

    private void OnCommit(RingProtocol.Commit commit)
    {
        if (!_rings.TryGetValue(commit.Plan.Model, out ModelRing? ring) || ring.Wish.Dropped || (ring.Committed is { } committed && commit.Plan.Epoch <= committed.Epoch))
        {
            return;
        }

        ring.Committed = commit.Plan;
        ring.HopMicroseconds = 0;
        ring.Refusal = null;
        ring.Saw(commit.Plan.Epoch);
        _log.Info("Epoch {0} of {1} is committed: {2}.", commit.Plan.Epoch, commit.Plan.Model, string.Join(", ", commit.Plan.Stages.Select(stage => $"{stage.Name} {stage.Units}")));
        _shards.Tell(new RingProtocol.Retire(commit.Plan.Model, commit.Plan.Epoch));
        Decide(ring);
    }

    /// <summary>This device's shard host noticed it, or another device's keeper says so.</summary>
    private void OnStageLost(RingProtocol.StageLost lost)
    {
        if (_rings.TryGetValue(lost.Model, out ModelRing? ring) && lost.Epoch > ring.Lost)
        {
            ring.Lost = lost.Epoch;
            ring.Saw(lost.Epoch);
            if (ring.Proposal?.Plan.Epoch == lost.Epoch)
            {
                ring.EndProposal();
            }

            TellOthers(lost);
            Decide(ring);
        }
    }

    /// <summary>A proposer died before its proposal reached everybody: this keeper, which never heard of it, came too low.</summary>
    private void OnOutdated(RingProtocol.Outdated outdated)
    {
        if (_rings.TryGetValue(outdated.Model, out ModelRing? ring))
        {
            // The next tick proposes again: two keepers that both believe it is their turn do not outbid each other at full speed.
            ring.Saw(outdated.Highest);
        }
    }

    private void OnNoPlan(RingProtocol.NoPlan none)
    {
        if (_rings.TryGetValue(none.Model, out ModelRing? ring))
        {
            ring.Refusal = none.Reason;
            ring.TellListeners(_view);
        }
    }

    private void OnTick()
    {
        _ticks++;
        foreach (ModelRing ring in _rings.Values)
        {
            if (ring.Proposal is { } proposal)
            {
                if (Now > proposal.Deadline)
                {
                    StagePlan late = proposal.Plan.Stages[proposal.Missing.First()];
                    Abandon(ring, late, $"{late.Name} did not load units {late.Units} of {ring.Wish.Model} in time: look at its log.");
                }
                else if (_ticks % TellAllEvery == 0)
                {
                    Prepare(ring);
                }
            }
            else
            {
                Decide(ring);
            }
        }

        if (_ticks % TellAllEvery == 0)
        {
            TellAll();
        }
    }

    private void TellAll()
    {
        if (_rings.Count == 0)
        {
            return;
        }

        TellOthers(new RingProtocol.Wishes([.. _rings.Values.Select(ring => ring.Wish)]));
        foreach (ModelRing ring in _rings.Values.Where(ring => ring.Committed is not null && !ring.Wish.Dropped))
        {
            TellOthers(new RingProtocol.Commit(ring.Committed!));
        }
    }

    private void TellOthers(IWireMessage message)
    {
        foreach (Device device in _view?.Devices ?? [])
        {
            if (device.Address != _view!.Self && device.Reachable)
            {
                KeeperOf(device.Address).Tell(message);
            }
        }
    }

    private static IActorRef KeeperOf(string address) => Addresses.Resolve(Context.System, address, RingProtocol.Path);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
