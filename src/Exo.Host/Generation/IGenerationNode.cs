using Exo.Actors;
using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>What the text side and the gateway need of a device; the ring behind it, a script in tests.</summary>
internal interface IGenerationNode
{
    string DeviceName { get; }

    ValueTask<ClusterSnapshot> SnapshotAsync(CancellationToken ct);

    /// <summary>Generates; cancelling frees every stage.</summary>
    IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken ct);

    ValueTask<LoadOutcome> LoadAsync(LoadRequest request, CancellationToken ct);

    ValueTask<bool> UnloadAsync(string model, CancellationToken ct);
}
