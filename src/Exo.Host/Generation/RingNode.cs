using Exo.Actors;
using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>The device of this process.</summary>
internal sealed class RingNode(ExoNode node) : IGenerationNode
{
    public string DeviceName => node.Self.Name;

    public ValueTask<ClusterSnapshot> SnapshotAsync(CancellationToken ct) => node.SnapshotAsync(ct);

    public IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken ct) => node.GenerateAsync(request, ct);

    public ValueTask<LoadOutcome> LoadAsync(LoadRequest request, CancellationToken ct) => node.LoadAsync(request, ct);

    public ValueTask<bool> UnloadAsync(string model, CancellationToken ct) => node.UnloadAsync(model, ct);
}
