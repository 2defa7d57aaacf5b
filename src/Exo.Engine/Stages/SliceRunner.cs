using Exo.Engine.Files;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;

namespace Exo.Engine.Stages;

/// <summary>
/// A loaded slice: maps token ids or hidden states to hidden states or logits. One caller at a time; computes on its own threads, the
/// caller's included. A row's output depends on its session alone, never on the cut, chunks, other rows or threads.
/// </summary>
public sealed class SliceRunner : IDisposable
{
    private SliceRunner(UnitRange units) => Units = units;

    /// <summary>The units that it holds.</summary>
    public UnitRange Units { get; }

    /// <summary>Whether it takes token ids.</summary>
    public bool HasEmbedding { get; private init; }

    /// <summary>Whether it gives logits.</summary>
    public bool HasHead { get; private init; }

    /// <summary>Memory of its weights, in bytes.</summary>
    public long WeightBytes { get; private init; }

    /// <summary>Floats of a hidden state.</summary>
    public int HiddenSize { get; private init; }

    /// <summary>Tokens of the vocabulary.</summary>
    public int VocabularySize { get; private init; }

    /// <summary>Loads units of a model. The file may be disposed afterwards.</summary>
    /// <param name="file">The model.</param>
    /// <param name="units">A contiguous range of its units, at least one.</param>
    /// <param name="options">How it computes.</param>
    /// <exception cref="Formats.ModelFileException">A tensor cannot be used.</exception>
    public static SliceRunner Load(ModelFile file, UnitRange units, SliceOptions options) =>
        throw new NotSupportedException($"Slices of {file} cannot be loaded: units {units}, {options}.");

    /// <summary>An empty cache for one session in this slice.</summary>
    /// <param name="maxTokens">Tokens that it may grow to.</param>
    public KvCache CreateCache(int maxTokens) => Units.Count > 0 ? new([], maxTokens) : throw new NotSupportedException("No slice is loaded.");

    /// <summary>Computes a batch and appends to its rows' caches.</summary>
    /// <param name="batch">At least one row.</param>
    public void Forward(StageBatch batch) => throw new NotSupportedException($"No slice is loaded for {batch}: {Units}.");

    /// <summary>Frees weights and threads.</summary>
    public void Dispose()
    {
    }
}
