using System.Runtime.CompilerServices;
using Exo.Actors;
using Exo.Actors.Sessions;
using Exo.Host.Generation;

namespace Exo.Host.Tests.Gateway;

/// <summary>A device that plays a script: what happens is what the test wrote down.</summary>
internal sealed class ScriptedNode : IGenerationNode, IDeviceControl
{
    public Func<GenerationRequest, CancellationToken, IAsyncEnumerable<GenerationEvent>> Script { get; set; } = (request, ct) => Says("Hello!", ct: ct);

    public ClusterSnapshot Snapshot { get; set; } = new(
        [new MemberView("127.0.0.1:1", "one", "Up", true, true, 1 << 30, "127.0.0.1:2")],
        [new RingView("toy", "1.1", "ready", [new StageView("one", "127.0.0.1:1", 0, 9, 4096, 0)])]);

    public List<GenerationRequest> Requests { get; } = [];

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string DeviceName => "one";

    /// <summary>What was done to a member.</summary>
    public string? Done { get; private set; }

    public IReadOnlyList<SessionView> Sessions => [new SessionView(1, "toy", "paused", 3, 4, "1.1", 1, TimeSpan.FromSeconds(2))];

    public string ActorTree => "-> user\n  -> keeper\n";

    public static GenerationTimings Timings(int tokens, int recoveries = 0) =>
        new(TimeSpan.Zero, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(100), 3, tokens, recoveries, TimeSpan.FromMilliseconds(recoveries * 250), 42);

    /// <summary>One token for each character, as <see cref="ScriptedText"/> spells them.</summary>
    public static async IAsyncEnumerable<GenerationEvent> Says(string text, FinishReason reason = FinishReason.Stop, [EnumeratorCancellation] CancellationToken ct = default)
    {
        yield return new GenerationEvent.Started("toy", 3, "1.1");
        for (int i = 0; i < text.Length; i++)
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            yield return new GenerationEvent.Token(text[i], i);
        }

        yield return new GenerationEvent.Finished(reason, Timings(text.Length));
    }

    public ValueTask<ClusterSnapshot> SnapshotAsync(CancellationToken ct) => ValueTask.FromResult(Snapshot);

    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        try
        {
            await foreach (GenerationEvent happened in Script(request, ct))
            {
                yield return happened;
            }
        }
        finally
        {
            // Not by a registration: the script's own may end it before the token comes to ours.
            if (ct.IsCancellationRequested)
            {
                Cancelled.TrySetResult();
            }
        }
    }

    public ValueTask<LoadOutcome> LoadAsync(LoadRequest request, CancellationToken ct) => ValueTask.FromResult(new LoadOutcome(true, $"{request.Model} is ready."));

    public ValueTask<MembershipOutcome> LeaveAsync(string? device, CancellationToken ct) => Do("leave", device ?? "one");

    public ValueTask<MembershipOutcome> DownAsync(string device, CancellationToken ct) => Do("down", device);

    public ValueTask<bool> UnloadAsync(string model, CancellationToken ct) => ValueTask.FromResult(model == "toy");

    private ValueTask<MembershipOutcome> Do(string what, string device)
    {
        if (device == "nosuch")
        {
            return ValueTask.FromResult(new MembershipOutcome(false, "No member is called 'nosuch'."));
        }

        Done = $"{what} {device}";
        return ValueTask.FromResult(new MembershipOutcome(true, "Done."));
    }
}
