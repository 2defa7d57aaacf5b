using Exo.Engine.KvCaches;

namespace Exo.Engine.Stages;

/// <summary>
/// The rows of one step of a slice: for each session some consecutive tokens, or their hidden states. Filled by its owner, computed by
/// <see cref="SliceRunner.Forward"/>, read, cleared and used again; allocates only when it grows. One caller at a time.
/// </summary>
public sealed class StageBatch
{
    private Row[] _rows = new Row[8];
    private int[] _tokens = new int[64];
    private float[] _hidden = [];
    private float[] _logits = [];
    private int _hiddenSize;
    private int _vocabularySize;
    private bool _computed;

    /// <summary>Rows in the batch.</summary>
    public int RowCount { get; private set; }

    /// <summary>Tokens of all rows.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Tokens that get logits in a slice with the head.</summary>
    public int LogitsCount { get; private set; }

    /// <summary>Whether the rows are hidden states; false: token ids. Meaningless without rows.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        Array.Clear(_rows, 0, RowCount); // the caches belong to others
        RowCount = 0;
        TokenCount = 0;
        LogitsCount = 0;
        _computed = false;
    }

    /// <summary>Adds tokens of a session, for a slice with the embedding.</summary>
    /// <param name="cache">The session's cache in this slice.</param>
    /// <param name="position">Position of the first token; equals the cache's length, or lies below it to compute anew from there.</param>
    /// <param name="tokens">Ids within the vocabulary; at least one.</param>
    /// <param name="wanted">Which get logits; ignored by slices without the head.</param>
    /// <returns>Index of the row.</returns>
    public int AddTokens(KvCache cache, int position, ReadOnlySpan<int> tokens, LogitsWanted wanted)
    {
        Begin(cache, position, tokens.Length, hidden: false);
        Grow(ref _tokens, TokenCount + tokens.Length);
        tokens.CopyTo(_tokens.AsSpan(TokenCount));
        int row = Add(cache, position, tokens.Length, wanted);
        _rows[row].Known = true;
        return row;
    }

    /// <summary>Adds hidden states of a session, for a slice without the embedding.</summary>
    /// <param name="cache">The session's cache in this slice.</param>
    /// <param name="position">Position of the first token; equals the cache's length, or lies below it to compute anew from there.</param>
    /// <param name="count">Tokens; at least one.</param>
    /// <param name="hidden">What the slice before gave. [count, hiddenSize]</param>
    /// <param name="wanted">Which get logits; ignored by slices without the head.</param>
    /// <returns>Index of the row.</returns>
    /// <param name="tokens">The tokens' ids, by which later sessions find what was computed; empty where they are not known. [count]</param>
    public int AddHidden(KvCache cache, int position, int count, ReadOnlySpan<float> hidden, LogitsWanted wanted, ReadOnlySpan<int> tokens = default)
    {
        Begin(cache, position, count, hidden: true);
        int size = hidden.Length / count;
        if (hidden.Length != (long)size * count || size == 0 || (TokenCount > 0 && size != _hiddenSize))
        {
            throw new ArgumentException($"{hidden.Length} floats are not the hidden states of {count} tokens.", nameof(hidden));
        }

        _hiddenSize = size;
        Grow(ref _hidden, (TokenCount + count) * size);
        hidden.CopyTo(_hidden.AsSpan(TokenCount * size));
        Grow(ref _tokens, TokenCount + count);
        tokens.CopyTo(_tokens.AsSpan(TokenCount, count));
        int row = Add(cache, position, count, wanted);
        _rows[row].Known = tokens.Length == count;
        return row;
    }

    /// <summary>The hidden states of a row behind a slice without the head. [count, hiddenSize]</summary>
    /// <param name="row">Index that Add gave.</param>
    public ReadOnlySpan<float> Hidden(int row)
    {
        ref readonly Row r = ref Computed(row);
        return _hidden.AsSpan(r.FirstToken * _hiddenSize, r.Count * _hiddenSize);
    }

    /// <summary>
    /// The logits of a row behind a slice with the head: [vocabularySize] for Last, [count, vocabularySize] for All, empty for None.
    /// Of an encoder the row's vector, not normalised: [hiddenSize] for Last.
    /// </summary>
    /// <param name="row">Index that Add gave.</param>
    public ReadOnlySpan<float> Logits(int row)
    {
        ref readonly Row r = ref Computed(row);
        return _logits.AsSpan(r.FirstLogits * _vocabularySize, r.LogitsCount * _vocabularySize);
    }

    /// <summary>
    /// Whether a row met a number that is not finite: its outputs mean nothing, other rows are not touched. The session cannot go on;
    /// weights of this model are damaged, or it computes beyond the range of binary32.
    /// </summary>
    /// <param name="row">Index that Add gave.</param>
    public bool ActivationFault(int row) => Computed(row).Fault;

    internal ref Row RowAt(int row) => ref _rows[row];

    internal ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, TokenCount);

    /// <summary>The ids of a row's tokens; empty where they are not known.</summary>
    internal ReadOnlySpan<int> KnownTokens(in Row row) => row.Known ? _tokens.AsSpan(row.FirstToken, row.Count) : [];

    internal int HiddenSize => _hiddenSize;

    /// <summary>Room for the step's hidden states. [TokenCount, hiddenSize]</summary>
    internal Span<float> HiddenRoom(int hiddenSize)
    {
        _hiddenSize = hiddenSize;
        Grow(ref _hidden, TokenCount * hiddenSize);
        return _hidden.AsSpan(0, TokenCount * hiddenSize);
    }

    /// <summary>Room for the step's logits. [LogitsCount, vocabularySize]</summary>
    internal Span<float> LogitsRoom(int vocabularySize)
    {
        _vocabularySize = vocabularySize;
        Grow(ref _logits, LogitsCount * vocabularySize);
        return _logits.AsSpan(0, LogitsCount * vocabularySize);
    }

    internal void Complete() => _computed = true;

    /// <summary>Marks the rows whose outputs are not finite.</summary>
    internal void FindFaults(bool logits)
    {
        for (int row = 0; row < RowCount; row++)
        {
            ReadOnlySpan<float> outputs = logits ? Logits(row) : Hidden(row);
            _rows[row].Fault |= outputs.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
        }
    }

    private ref readonly Row Computed(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, RowCount);
        if (!_computed)
        {
            throw new InvalidOperationException("The batch was not computed since rows were added.");
        }

        return ref _rows[row];
    }

    private void Begin(KvCache cache, int position, int count, bool hidden)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (RowCount > 0 && IsHidden != hidden)
        {
            throw new InvalidOperationException("A batch holds token ids or hidden states, not both.");
        }

        IsHidden = hidden;
    }

    private int Add(KvCache cache, int position, int count, LogitsWanted wanted)
    {
        Grow(ref _rows, RowCount + 1);
        int logits = wanted switch { LogitsWanted.All => count, LogitsWanted.Last => 1, _ => 0 };
        _rows[RowCount] = new Row
        {
            Cache = cache,
            Position = position,
            Count = count,
            FirstToken = TokenCount,
            FirstLogits = LogitsCount,
            LogitsCount = logits,
        };
        TokenCount += count;
        LogitsCount += logits;
        _computed = false;
        return RowCount++;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }

    internal struct Row
    {
        public KvCache Cache;
        public int Position;
        public int Count;
        public int FirstToken;
        public int FirstLogits;
        public int LogitsCount;
        public bool Fault;
        public bool Known;
    }
}
