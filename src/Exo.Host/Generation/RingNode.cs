using Exo.Actors;
using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>The device of this process.</summary>
internal sealed class RingNode(ExoNode node) : IGenerationNode, IDeviceControl
{
    public string DeviceName => node.Self.Name;

    public ValueTask<ClusterSnapshot> SnapshotAsync(CancellationToken ct) => node.SnapshotAsync(ct);

    public IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken ct) => node.GenerateAsync(request, ct);

    public ValueTask<LoadOutcome> LoadAsync(LoadRequest request, CancellationToken ct) => node.LoadAsync(request, ct);

    public IReadOnlyList<SessionView> Sessions => node.Sessions;

    public string ActorTree => node.ActorTree;

    public ValueTask<MembershipOutcome> LeaveAsync(string? device, CancellationToken ct) => node.LeaveAsync(device, ct);

    public ValueTask<MembershipOutcome> DownAsync(string device, CancellationToken ct) => node.DownAsync(device, ct);

    public ValueTask<bool> UnloadAsync(string model, CancellationToken ct) => node.UnloadAsync(model, ct);
}
