using System.Collections.Immutable;
using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>What each unit of a model costs on a device. The same numbers on every device that reads the same file.</summary>
public sealed record ModelFootprint
{
    /// <summary>Memory of each unit's weights once loaded, in bytes: embedding, layers, head. A tied head counts the matrix again. [LayerCount + 2]</summary>
    public required ImmutableArray<long> UnitBytes { get; init; }

    /// <summary>What each unit's KV cache holds; null for embedding, head and recurrent layers. [LayerCount + 2]</summary>
    public required ImmutableArray<KvShape?> KvShapes { get; init; }

    /// <summary>Memory of one session's recurrent state in each unit, however long it is, in bytes; 0 where a layer has keys and values. [LayerCount + 2]</summary>
    public required ImmutableArray<long> StateBytes { get; init; }

    /// <summary>Memory of intermediate results for a batch of 512 tokens, in bytes.</summary>
    public required long ScratchBytes { get; init; }

    /// <summary>Multiplications and additions of one token in each unit's matrix products. [LayerCount + 2]</summary>
    public required ImmutableArray<long> DecodeFlops { get; init; }

    /// <summary>Multiplications and additions of attention per token and position that it sees, in each unit. [LayerCount + 2]</summary>
    public required ImmutableArray<long> AttentionFlopsPerPosition { get; init; }

    /// <summary>Bytes of weights that one token reads in each unit: a row of the embedding, all of the others. [LayerCount + 2]</summary>
    public required ImmutableArray<long> DecodeBytes { get; init; }

    /// <summary>Floats that pass from unit to unit per token.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Memory of the weights of a range, in bytes.</summary>
    /// <param name="range">Units.</param>
    public long BytesOf(UnitRange range) => Sum(UnitBytes, range);

    /// <summary>Memory of one token in each unit's KV cache, in bytes; 0 where there is none. [LayerCount + 2]</summary>
    /// <param name="type">How keys and values are stored.</param>
    public ImmutableArray<long> KvBytesPerToken(KvCacheType type) => [.. KvShapes.Select(shape => shape?.BytesPerToken(type) ?? 0)];

    /// <summary>Memory of one session's keys and values in each unit once it has some length, in bytes. [LayerCount + 2]</summary>
    /// <param name="tokens">Tokens of the session, at least 1.</param>
    /// <param name="type">How keys and values are stored.</param>
    public ImmutableArray<long> KvBytes(int tokens, KvCacheType type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        return [.. KvShapes.Select(shape => shape?.SessionBytes(tokens, type) ?? 0)];
    }

    /// <summary>Memory that sessions of some length keep in each unit, per token: keys, values and their share of the recurrent state, rounded up. [LayerCount + 2]</summary>
    /// <param name="tokens">Tokens of a session, at least 1.</param>
    /// <param name="type">How keys and values are stored.</param>
    public ImmutableArray<long> SessionBytesPerToken(int tokens, KvCacheType type) =>
        [.. KvBytes(tokens, type).Zip(StateBytes, (kv, state) => (kv + state + tokens - 1) / tokens)];

    private static long Sum(ImmutableArray<long> values, UnitRange range)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.First, nameof(range));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.End, values.Length, nameof(range));
        long sum = 0;
        for (int i = range.First; i < range.End; i++)
        {
            sum += values[i];
        }

        return sum;
    }
}
