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
    private readonly List<(SessionKey Session, OwnerName Owner, string Reason)> _refused = [];
    private long _clock;

    public bool IsFirst => runner.HasEmbedding;

    public bool IsTail => runner.HasHead;

    public long WeightBytes => runner.WeightBytes;

    public int HiddenSize => runner.HiddenSize;

    public int VocabularySize => runner.VocabularySize;

    /// <summary>Tokens of one row at most.</summary>
    public int MostRowTokens => runner.MostRowTokens;

    /// <summary>Opens a session with what is computed of its beginning already, or opens it again for fewer tokens.</summary>
    /// <param name="session">The session; what older attempts of it held is freed.</param>
    /// <param name="opening">What must be known of it.</param>
    /// <param name="tokens">Its beginning, of which all but the last one may be there.</param>
    /// <returns>Tokens that need not be computed; 0 also where there is no room, of which its first row will tell.</returns>
    public int Open(SessionKey session, Opening opening, ImmutableArray<int> tokens)
    {
        _refused.Clear();
        return Create(session, opening, tokens.AsSpan())?.Cache.Length ?? 0;
    }

    /// <summary>Runs a batch through the slice.</summary>
    /// <param name="rows">Its rows; rows of sessions that are not known here are left out.</param>
    /// <param name="hidden">For all but stage 0: the rows' hidden states.</param>
    /// <returns>The rows that were computed, their hidden states (not the tail), and the tokens chosen (the tail).</returns>
    public SliceOutput Run(ImmutableArray<StepRow> rows, ReadOnlyMemory<byte> hidden)
    {
        _batch.Clear();
        _refused.Clear();
        _clock++;
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
                    _batch.AddTokens(cache, row.Position, row.Tokens.AsSpan(), wanted);
                }
                else
                {
                    _batch.AddHidden(cache, row.Position, row.Count, all.Slice(offset, size), wanted, row.Tokens.AsSpan());
                }

                computed.Add(row);
            }

            offset += size;
        }

        if (computed.Count == 0)
        {
            return new SliceOutput([], ReadOnlyMemory<byte>.Empty, [], [.. _refused]);
        }

        runner.Forward(_batch);
        ImmutableArray<StepRow> done = computed.DrainToImmutable();
        return IsTail ? new SliceOutput(done, ReadOnlyMemory<byte>.Empty, Choose(done), [.. _refused]) : new SliceOutput(done, Collect(), [], [.. _refused]);
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

    /// <summary>
    /// The cache of a row's session; its first row opens it, unless that was done to share its beginning. A first row may lie before what the cache
    /// has: another stage had less.
    /// </summary>
    private KvCache? CacheOf(StepRow row)
    {
        bool known = _sessions.TryGetValue(row.Session, out Held? held);
        if (row.Opening is { } opening && !(known && row.Position <= held!.Cache.Length && held.Cache.KeepableLength(row.Position) == row.Position))
        {
            held = Create(row.Session, opening, []);
        }

        // A row that does not continue its cache belongs to a batch before it that got lost: the owner will admit the session again.
        if (held is null || !(held.Cache.Length == row.Position || (row.Opening is not null && row.Position < held.Cache.Length)))
        {
            return null;
        }

        held.LastUsed = _clock;
        return held.Cache;
    }

    /// <summary>Opens a session anew and frees what older attempts held; null when there is no room.</summary>
    private Held? Create(SessionKey session, Opening opening, ReadOnlySpan<int> tokens)
    {
        foreach (SessionKey older in _sessions.Keys.Where(key => key.Session == session.Session && key.Attempt <= session.Attempt).ToArray())
        {
            Close(older);
        }

        while (true)
        {
            try
            {
                Held held = new(runner.CreateCache(opening.MaxPositions, tokens), opening) { LastUsed = _clock };
                _sessions[session] = held;
                return held;
            }
            catch (KvBudgetException e)
            {
                // Stage 0 lets no more sessions run than there is room for, so one that does not fit stands beside one whose end got lost.
                SessionKey? stale = _sessions.Where(entry => entry.Value.LastUsed < _clock).OrderBy(entry => entry.Value.LastUsed).Select(entry => (SessionKey?)entry.Key).FirstOrDefault();
                if (stale is not { } oldest)
                {
                    _refused.Add((session, opening.Owner, e.Message));
                    return null;
                }

                Close(oldest);
            }
        }
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

        /// <summary>The batch that it was in last.</summary>
        public long LastUsed { get; set; }

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
