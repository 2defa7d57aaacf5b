using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster;
using Exo.Actors.Membership;
using Exo.Actors.Models;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;
using Exo.Actors.Sessions;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Models;

namespace Exo.Actors;

/// <summary>A device as its host sees it: generate, load, look. Thread-safe.</summary>
public sealed class ExoNode : IDisposable
{
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(5);
    private readonly NodeSettings _settings;
    private readonly NodeLife _life;
    private readonly SessionSettings _sessions;
    private readonly WishSettings _wishes;
    private readonly OpenSessions _open = new(TimeProvider.System);
    private readonly CancellationTokenSource _closing = new();
    private int _started;

    internal ExoNode(NodeSettings settings, NodeLife life, ModelStore store, SessionSettings sessions, WishSettings wishes)
    {
        _settings = settings;
        _life = life;
        _sessions = sessions;
        _wishes = wishes;
        Models = store;
    }

    /// <summary>Who this device is. Known once its host has started.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public NodeIdentity Self => new(_settings.DeviceName ?? Environment.MachineName, _life.Latest.Address);

    /// <summary>Whether the device ended, or is about to, since somebody asked it to leave the cluster.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public bool HasLeft => _life.Latest.IsLeaving;

    /// <summary>
    /// The actor system that runs at present, or ran last. A device that others went on without ends it and starts another, to join
    /// them: what is registered with one is gone with it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public ActorSystem System => _life.Latest.System;

    /// <summary>The actor system that runs, and each later one as soon as it does, until the device ends: for what has to be registered with every one.</summary>
    /// <param name="ct">Ends the sequence with an <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<ActorSystem> SystemsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        for (Incarnation? running = await _life.CurrentAsync(ct); running is not null; running = await _life.NextAsync(running, ct))
        {
            yield return running.System;
        }
    }

    /// <summary>The models that this device can open.</summary>
    public ModelStore Models { get; }

    /// <summary>The cluster as this device sees it.</summary>
    /// <param name="ct">Stops the wait.</param>
    public async ValueTask<ClusterSnapshot> SnapshotAsync(CancellationToken ct)
    {
        RingProtocol.Rings rings = await AskAsync<RingProtocol.Rings>(new RingProtocol.Ask(), ct);
        ImmutableArray<Device> devices = rings.View?.Devices ?? [];
        return new ClusterSnapshot([.. devices.OrderBy(device => device.Address, StringComparer.Ordinal).Select(View)], [.. rings.All.Select(View)]);
    }

    /// <summary>Generates. The model is loaded first where it is not; cancelling frees every stage.</summary>
    /// <param name="request">What to generate.</param>
    /// <param name="ct">Cancels the generation.</param>
    /// <returns>Events in order, ending with <see cref="GenerationEvent.Finished"/> or <see cref="GenerationEvent.Failed"/>.</returns>
    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Invalid(request) is { } fault)
        {
            yield return fault;
            yield break;
        }

        string model = ModelStore.NameOf(request.Model);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        using OpenSessions.Session open = _open.Begin(model, request.PromptTokens.Length);
        SessionRecord record = new();
        Incarnation? incarnation = await _life.CurrentAsync(ct);
        while (incarnation is not null)
        {
            if (await WishAsync(new LoadRequest(request.Model, null), onlyIfUnknown: true, ct) is { } unknown)
            {
                yield return new GenerationEvent.Failed(FailureKind.UnknownModel, unknown);
                yield break;
            }

            // As many events as tokens may wait, and a few more: a slow reader never stops the ring.
            Channel<GenerationEvent> events = Channel.CreateUnbounded<GenerationEvent>(new UnboundedChannelOptions { SingleReader = true });
            IActorRef? owner = Own(incarnation, request, model, record, events.Writer);
            bool over = false;
            try
            {
                while (await HasMoreAsync(events.Reader, ending.Token, ct))
                {
                    while (!over && events.Reader.TryRead(out GenerationEvent? next))
                    {
                        open.Observe(next);
                        over = next is GenerationEvent.Finished or GenerationEvent.Failed;
                        yield return next;
                    }

                    if (over)
                    {
                        yield break;
                    }
                }
            }
            finally
            {
                if (!over)
                {
                    owner?.Tell(SessionOwner.Stop.Instance);
                }
            }

            if (_closing.IsCancellationRequested)
            {
                break;
            }

            // The actor system ended beneath the session. The next one goes on after what was emitted.
            incarnation = await _life.NextAsync(incarnation, ct);
        }

        yield return new GenerationEvent.Failed(FailureKind.Unavailable, "The device is shutting down: ask another one.");
    }

    /// <summary>
    /// Ends every generation, with a <see cref="GenerationEvent.Failed"/> that sends its caller to another device: for a device that shuts
    /// down and has waited for them as long as it can.
    /// </summary>
    public void EndGenerations() => _closing.Cancel();

    /// <summary>Frees what this holds; done with the services that it is one of.</summary>
    public void Dispose() => _closing.Dispose();

    /// <summary>Wishes a model and waits until its ring is ready or refused.</summary>
    /// <param name="request">The model and how to cut it.</param>
    /// <param name="ct">Stops the wait, not the loading.</param>
    public async ValueTask<LoadOutcome> LoadAsync(LoadRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        Incarnation? incarnation = await _life.CurrentAsync(ct);
        if (await WishAsync(request, onlyIfUnknown: false, ct) is { } unknown)
        {
            return new LoadOutcome(false, unknown);
        }

        string model = ModelStore.NameOf(request.Model);
        for (; incarnation is not null; incarnation = await _life.NextAsync(incarnation, ct))
        {
            Channel<RingStatus> changes = Channel.CreateUnbounded<RingStatus>();
            ActorSystem system = incarnation.System;
            IActorRef keeper = await incarnation.Registry.GetAsync<Keeper>(ct);
            IActorRef? listener = TryStart(system, Props.Create(() => new RingListener(model, keeper, changes.Writer)), null);
            if (listener is null)
            {
                continue;
            }

            try
            {
                await foreach (RingStatus status in changes.Reader.ReadAllAsync(ct))
                {
                    switch (status.State)
                    {
                        case RingState.Ready:
                            return new LoadOutcome(true, $"{status.Model} is ready, epoch {status.Plan!.Epoch}: {string.Join(", ", status.Plan.Stages.Select(stage => $"{stage.Name} {stage.Units}"))}");
                        case RingState.Degraded:
                            return new LoadOutcome(false, status.Reason!);
                    }
                }
            }
            finally
            {
                system.Stop(listener);
            }
        }

        return new LoadOutcome(false, "The device is shutting down.");
    }

    /// <summary>Drops a model on every device.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Whether it was there.</returns>
    public async ValueTask<bool> UnloadAsync(string model, CancellationToken ct) =>
        await AskAsync<bool>(new RingProtocol.Drop(ModelStore.NameOf(model)), ct);

    /// <summary>The generations that this device owns, oldest first.</summary>
    public ImmutableArray<SessionView> Sessions => [.. _open.All];

    /// <summary>The actors of this device as a tree, a line each, with their types and queued messages.</summary>
    public string ActorTree => ((ExtendedActorSystem)System).PrintTree();

    /// <summary>Lets a device leave the cluster: its slices move to the others, its own generations end.</summary>
    /// <param name="device">Name or address; null is this one.</param>
    /// <param name="ct">Stops the wait.</param>
    public async ValueTask<MembershipOutcome> LeaveAsync(string? device, CancellationToken ct)
    {
        MemberView? member = MemberChoice.Find(await SnapshotAsync(ct), device ?? Self.Address, out string? problem);
        if (member is null)
        {
            return new MembershipOutcome(false, problem!);
        }

        Cluster.Get(System).Leave(AddressOf(member));
        return new MembershipOutcome(true, $"{member.Name} leaves the cluster; the others take over its layers.");
    }

    /// <summary>Removes a device without its consent, as one that is lost. One that still lives comes back by itself.</summary>
    /// <param name="device">Name or address.</param>
    /// <param name="ct">Stops the wait.</param>
    public async ValueTask<MembershipOutcome> DownAsync(string device, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(device);
        MemberView? member = MemberChoice.Find(await SnapshotAsync(ct), device, out string? problem);
        if (member is null)
        {
            return new MembershipOutcome(false, problem!);
        }

        Cluster.Get(System).Down(AddressOf(member));
        return new MembershipOutcome(true, $"{member.Name} is removed; the others go on without it.");
    }

    /// <summary>Asks for the model that the settings name; once.</summary>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Why it cannot be opened, or null.</returns>
    public async ValueTask<string?> StartAsync(CancellationToken ct) =>
        _settings.Model is { } model && Interlocked.Exchange(ref _started, 1) == 0
            ? await WishAsync(new LoadRequest(model, _settings.Stages) { Cut = _settings.Cut }, onlyIfUnknown: false, ct)
            : null;

    /// <summary>Tells the device which others its network shows at present: clusters that formed apart become one.</summary>
    /// <param name="addresses">Their <c>host:port</c>, those of its own cluster among them.</param>
    public void Hear(ImmutableArray<string> addresses) => System.ActorSelection("/user/" + HealingProtocol.Path).Tell(new HealingProtocol.Strangers(addresses), ActorRefs.NoSender);

    private static Address AddressOf(MemberView member) => Address.Parse($"akka.tcp://{Addresses.SystemName}@{member.Address}");

    /// <summary>Asks the keeper; that of the next actor system where this one ends before it answers.</summary>
    private async ValueTask<T> AskAsync<T>(object question, CancellationToken ct)
    {
        while (true)
        {
            Incarnation incarnation = await _life.CurrentAsync(ct);
            try
            {
                IActorRef keeper = await incarnation.Registry.GetAsync<Keeper>(ct);
                return await keeper.Ask<T>(question, s_answer, ct);
            }
            catch (Exception e) when (e is AskTimeoutException or TaskCanceledException && incarnation.IsEnding && !ct.IsCancellationRequested)
            {
                if (await _life.NextAsync(incarnation, ct) is null)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Waits for the next events; false when none follow, or the device is closing.</summary>
    private static async ValueTask<bool> HasMoreAsync(ChannelReader<GenerationEvent> events, CancellationToken ending, CancellationToken ct)
    {
        try
        {
            return await events.WaitToReadAsync(ending);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private IActorRef? Own(Incarnation incarnation, GenerationRequest request, string model, SessionRecord record, ChannelWriter<GenerationEvent> events)
    {
        IActorRef keeper = incarnation.Registry.Get<Keeper>();
        IActorRef? owner = TryStart(incarnation.System, Props.Create(() => new SessionOwner(request, model, incarnation.Address, events, keeper, _sessions, record)), "session-" + Guid.NewGuid().ToString("n"));
        if (owner is null)
        {
            events.TryComplete();
        }

        return owner;
    }

    /// <summary>Null where the system is ending.</summary>
    private static IActorRef? TryStart(ActorSystem system, Props props, string? name)
    {
        try
        {
            return system.ActorOf(props, name);
        }
        catch (InvalidOperationException) when (CoordinatedShutdown.Get(system).ShutdownReason is not null)
        {
            return null;
        }
    }

    /// <summary>Tells the keeper; the reason when the model cannot be opened here and nobody else wished it.</summary>
    private async ValueTask<string?> WishAsync(LoadRequest request, bool onlyIfUnknown, CancellationToken ct)
    {
        string name = ModelStore.NameOf(request.Model);
        RingProtocol.Rings rings = await AskAsync<RingProtocol.Rings>(new RingProtocol.Ask(), ct);
        bool known = rings.All.Any(ring => ring.Model == name);
        if (known && onlyIfUnknown)
        {
            return null;
        }

        try
        {
            ModelFile file = Models.Open(request.Model);
            if (file.Spec.Pooling != Pooling.None)
            {
                return $"{file.Path} is an encoder ({file.Spec.Architecture}): it makes vectors of texts and cannot write any. Choose a model that generates text.";
            }

            ModelFootprint footprint = file.Footprint;
            int context = Math.Min(_wishes.ContextTokens, file.Spec.ContextLength);
            Incarnation incarnation = await _life.CurrentAsync(ct);
            IActorRef keeper = await incarnation.Registry.GetAsync<Keeper>(ct);
            keeper.Tell(new RingProtocol.Want(new ModelWish(
                name,
                file.Fingerprint,
                file.Path,
                footprint.UnitBytes,
                _wishes.Cache,
                footprint.SessionBytesPerToken(context, _wishes.Cache),
                footprint.ScratchBytes,
                context,
                _wishes.Sessions,
                request.Stages ?? 0,
                request.Cut,
                incarnation.Address,
                Version: 0,
                Dropped: false)));
            return null;
        }
        catch (ModelFileException e)
        {
            return e.Message;
        }
    }

    private static GenerationEvent.Failed? Invalid(GenerationRequest request) =>
        request.PromptTokens.IsDefaultOrEmpty ? new GenerationEvent.Failed(FailureKind.InvalidRequest, "The prompt is empty: give at least one token.")
        : request.MaxTokens < 1 ? new GenerationEvent.Failed(FailureKind.InvalidRequest, $"max_tokens is {request.MaxTokens}; use 1 or more.")
        : request.Sampling.Validate() is { } fault ? new GenerationEvent.Failed(FailureKind.InvalidRequest, fault)
        : null;

    private MemberView View(Device device) => new(
        device.Address,
        device.Profile?.Name ?? device.Address,
        device.Status,
        device.Reachable,
        device.Address == Self.Address,
        device.Profile?.MemoryBytes ?? 0,
        device.Profile is { HttpAddress.Length: > 0 } profile ? profile.HttpAddress : null)
    {
        ProcessId = device.Profile?.ProcessId ?? 0,
    };

    private static RingView View(RingStatus status) => new(
        status.Model,
        status.Plan?.Epoch.ToString() ?? "-",
        status.State switch
        {
            RingState.Planning => "planning",
            RingState.Loading => "loading",
            RingState.Ready => "ready",
            _ => "degraded",
        },
        status.Plan is { } plan ? [.. plan.Stages.Select(stage => new StageView(stage.Name, stage.Device, stage.Units.First, stage.Units.End - 1, stage.WeightBytes, plan.Stages.Length > 1 ? status.HopMicroseconds : 0))] : [])
    {
        Reason = status.Reason,
    };
}
