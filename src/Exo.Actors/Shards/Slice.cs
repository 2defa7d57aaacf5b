using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Exo.Engine.KvCaches;
using Exo.Engine.Sampling;
using Exo.Engine.Stages;

namespace Exo.Actors.Shards;

/// <summary>
/// A loaded slice with the caches of its sessions. Lives on one compute thread; knows no actors.
/// </summary>
internal sealed class Slice(SliceRunner runner) : IDisposable
{
    private readonly StageBatch _batch = new();
    private readonly Sampler _sampler = new();
    private readonly Dictionary<SessionKey, Held> _sessions = [];

    public bool IsFirst => runner.HasEmbedding;

    public bool IsTail => runner.HasHead;

    public long WeightBytes => runner.WeightBytes;

    public int HiddenSize => runner.HiddenSize;

    public int VocabularySize => runner.VocabularySize;

    public int Sessions => _sessions.Count;

    /// <summary>Runs a batch through the slice.</summary>
    /// <param name="rows">Its rows; rows of sessions that are not known here are left out.</param>
    /// <param name="tokens">For stage 0: each row's ids.</param>
    /// <param name="hidden">For the others: the rows' hidden states.</param>
    /// <returns>The rows that were computed, their hidden states (not the tail), and the tokens chosen (the tail).</returns>
    public SliceOutput Run(ImmutableArray<StepRow> rows, ImmutableArray<ImmutableArray<int>> tokens, ReadOnlyMemory<byte> hidden)
    {
        _batch.Clear();
        ImmutableArray<StepRow>.Builder computed = ImmutableArray.CreateBuilder<StepRow>(rows.Length);
        ReadOnlySpan<float> all = MemoryMarshal.Cast<byte, float>(hidden.Span);
        int offset = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            StepRow row = rows[i];
            int size = IsFirst ? 0 : row.Count * runner.HiddenSize;
            if (CacheOf(row) is { } cache)
            {
                LogitsWanted wanted = row.Sample && IsTail ? LogitsWanted.Last : LogitsWanted.None;
                if (IsFirst)
                {
                    _batch.AddTokens(cache, row.Position, tokens[i].AsSpan(), wanted);
                }
                else
                {
                    _batch.AddHidden(cache, row.Position, row.Count, all.Slice(offset, size), wanted);
                }

                computed.Add(row);
            }

            offset += size;
        }

        if (computed.Count == 0)
        {
            return new SliceOutput([], ReadOnlyMemory<byte>.Empty, []);
        }

        runner.Forward(_batch);
        ImmutableArray<StepRow> done = computed.DrainToImmutable();
        return IsTail ? new SliceOutput(done, ReadOnlyMemory<byte>.Empty, Choose(done)) : new SliceOutput(done, Collect(), []);
    }

    /// <summary>Frees what a session holds.</summary>
    public void Close(SessionKey session)
    {
        if (_sessions.Remove(session, out Held? held))
        {
            held.Cache.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (Held held in _sessions.Values)
        {
            held.Cache.Dispose();
        }

        _sessions.Clear();
        runner.Dispose();
    }

    /// <summary>The cache of a row's session; its first row opens it and frees what older attempts held.</summary>
    private KvCache? CacheOf(StepRow row)
    {
        if (row.Opening is { } opening)
        {
            foreach (SessionKey older in _sessions.Keys.Where(key => key.Session == row.Session.Session && key.Attempt <= row.Session.Attempt).ToArray())
            {
                Close(older);
            }

            _sessions[row.Session] = new Held(runner.CreateCache(opening.MaxPositions), opening);
        }

        // A row that does not continue its cache belongs to a batch before it that got lost: the owner will admit the session again.
        return _sessions.TryGetValue(row.Session, out Held? held) && held.Cache.Length == row.Position ? held.Cache : null;
    }

    private ReadOnlyMemory<byte> Collect()
    {
        byte[] bytes = new byte[_batch.TokenCount * runner.HiddenSize * sizeof(float)];
        Span<float> floats = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        int offset = 0;
        for (int row = 0; row < _batch.RowCount; row++)
        {
            ReadOnlySpan<float> hidden = _batch.Hidden(row);
            hidden.CopyTo(floats[offset..]);
            offset += hidden.Length;
        }

        return bytes;
    }

    private ImmutableArray<(ChosenToken Token, OwnerName Owner)> Choose(ImmutableArray<StepRow> computed)
    {
        ImmutableArray<(ChosenToken, OwnerName)>.Builder chosen = ImmutableArray.CreateBuilder<(ChosenToken, OwnerName)>();
        for (int index = 0; index < computed.Length; index++)
        {
            StepRow row = computed[index];
            if (row.Sample)
            {
                Held held = _sessions[row.Session];
                int position = row.Position + row.Count;
                int id = _batch.ActivationFault(index) ? -1 : _sampler.Sample(_batch.Logits(index), held.Opening.Sampling, position, CollectionsMarshal.AsSpan(held.Generated));
                held.Note(id);
                chosen.Add((new ChosenToken(row.Session, position, id), held.Opening.Owner));
            }
        }

        return chosen.ToImmutable();
    }

    private sealed class Held(KvCache cache, Opening opening)
    {
        public KvCache Cache { get; } = cache;

        public Opening Opening { get; } = opening;

        /// <summary>What the session generated, as far as its penalties look back.</summary>
        public List<int> Generated { get; } = [.. opening.Recent];

        public void Note(int id)
        {
            if (!Opening.Sampling.HasPenalties)
            {
                return;
            }

            Generated.Add(id);
            if (Generated.Count > 2 * Opening.Sampling.PenaltyWindow)
            {
                Generated.RemoveRange(0, Opening.Sampling.PenaltyWindow);
            }
        }
    }
}
