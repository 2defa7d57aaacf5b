using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;

namespace Exo.Engine.Stages;

/// <summary>
/// A loaded slice: maps token ids or hidden states to hidden states or logits. One caller at a time; computes on its own threads, the
/// caller's included. A row's output depends on its session alone, never on the cut, chunks, other rows or threads.
/// </summary>
public sealed unsafe class SliceRunner : IDisposable
{
    private readonly ModelSpec _spec;
    private readonly WeightLoader _weights;
    private readonly ComputePool _pool;
    private readonly KernelSet _kernels;
    private readonly LayerStep _step;
    private readonly KvLayout[] _layouts;
    private readonly int[] _windows;
    private readonly int[] _stateFloats;
    private readonly KvPool _caches;
    private readonly ModelLayer[] _layers;
    private readonly StageEmbedding? _embedding;
    private readonly StageHead? _head;
    private readonly StagePooling? _pooling;
    private bool _disposed;

    private SliceRunner(ModelFile file, UnitRange units, SliceOptions options)
    {
        _spec = file.Spec;
        Units = units;
        HasEmbedding = units.Contains(0);
        HasHead = units.Contains(_spec.LayerCount + 1);
        _weights = new WeightLoader(file.Tensors, options.Kernels);
        try
        {
            int firstLayer = Math.Max(units.First, 1) - 1;
            int endLayer = Math.Min(units.End, _spec.LayerCount + 1) - 1;
            _layers = new ModelLayer[Math.Max(0, endLayer - firstLayer)];
            for (int i = 0; i < _layers.Length; i++)
            {
                _layers[i] = file.Architecture.Load(_spec, _weights, firstLayer + i);
            }

            _embedding = HasEmbedding ? new StageEmbedding(_spec, _weights) : null;
            _head = HasHead && _spec.Pooling == Pooling.None ? new StageHead(_spec, _weights) : null;
            _pooling = HasHead && _spec.Pooling != Pooling.None ? new StagePooling(_spec) : null;
            _layouts = new KvLayout[_layers.Length];
            _stateFloats = [.. Enumerable.Range(firstLayer, _layers.Length).Select(_spec.StateFloatsOf)];
            for (int i = 0; i < _layouts.Length; i++)
            {
                _layouts[i] = _stateFloats[i] > 0 ? default : new KvLayout(_spec.CacheHeads, _spec.CacheKeySize, _spec.CacheValueSize, options.Cache);
            }

            _windows = [.. Enumerable.Range(firstLayer, _layers.Length).Select(_spec.WindowOf)];
            bool shares = options.SharePrefixes && _spec.Pooling == Pooling.None && _spec.Recurrent is null;
            KvGroup[] groups = KvGroup.Of(_layouts, _windows);
            _caches = new KvPool(groups, options.CacheBytes, shares ? new KvPrefixTree($"{file.Fingerprint} {units} {options.Cache}", groups.Length) : null);
            WeightBytes = _weights.Bytes;
            _kernels = KernelSet.For(options.Kernels);
            _pool = new ComputePool(options.Threads);
            _step = new LayerStep(_spec, _kernels, _pool);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    /// <summary>The units that it holds.</summary>
    public UnitRange Units { get; }

    /// <summary>Whether it takes token ids.</summary>
    public bool HasEmbedding { get; }

    /// <summary>Whether it gives logits, or an encoder's vectors.</summary>
    public bool HasHead { get; }

    /// <summary>Memory of its weights, in bytes.</summary>
    public long WeightBytes { get; }

    /// <summary>Floats of a hidden state.</summary>
    public int HiddenSize => _spec.EmbeddingSize;

    /// <summary>Tokens of one session that a batch may hold without taking more memory than the footprint tells.</summary>
    public int MostRowTokens => _spec.SlidingWindow > 0 ? KvGroup.BatchTokens : int.MaxValue;

    /// <summary>What the caches of its sessions take now, and how much of it they share.</summary>
    public KvUse CacheUse => _caches.Use;

    /// <summary>Gets what the routers of its layers choose, from the next batch on.</summary>
    internal ExpertTrace? Trace
    {
        get => _step.Trace;
        set => _step.Trace = value;
    }

    /// <summary>Tokens of the vocabulary.</summary>
    public int VocabularySize => _spec.VocabularySize;

    /// <summary>Loads units of a model. The file may be disposed afterwards.</summary>
    /// <param name="file">The model.</param>
    /// <param name="units">A contiguous range of its units, at least one.</param>
    /// <param name="options">How it computes.</param>
    /// <exception cref="Formats.ModelFileException">A tensor cannot be used: its format has no decoder, or a number in it is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such units.</exception>
    /// <exception cref="ArgumentException">Prefixes are to be shared without a bound.</exception>
    public static SliceRunner Load(ModelFile file, UnitRange units, SliceOptions options)
    {
        if (units.First < 0 || units.Count < 1 || units.End > file.Spec.UnitCount)
        {
            throw new ArgumentOutOfRangeException(nameof(units), $"The model has the units 0..{file.Spec.UnitCount - 1}, and {units} were asked for.");
        }

        if (options is { SharePrefixes: true, CacheBytes: <= 0 })
        {
            throw new ArgumentException("Sessions share prefixes only within a bound: give SliceOptions.CacheBytes, or leave SharePrefixes off.", nameof(options));
        }

        return new SliceRunner(file, units, options);
    }

    /// <summary>An empty cache for one session in this slice.</summary>
    /// <param name="maxTokens">Tokens that it may grow to, at least 1.</param>
    /// <exception cref="KvBudgetException">There is no room for so many tokens beside the other sessions'.</exception>
    public KvCache CreateCache(int maxTokens) => new(_caches, _layouts, _windows, _stateFloats, maxTokens, Variant(maxTokens));

    /// <summary>
    /// A cache that begins with what earlier sessions computed of the same tokens, but for the prompt's last one: its <see cref="KvCache.Length"/> tells how many.
    /// Stages of one ring may find differently many; the shortest counts, the others cut theirs (<see cref="KvCache.KeepableLength"/>). Empty where nothing is shared.
    /// </summary>
    /// <param name="maxTokens">Tokens that it may grow to, at least 1.</param>
    /// <param name="prompt">The tokens that the session will begin with.</param>
    /// <exception cref="KvBudgetException">There is no room for so many tokens beside the other sessions'.</exception>
    public KvCache CreateCache(int maxTokens, ReadOnlySpan<int> prompt)
    {
        KvCache cache = CreateCache(maxTokens);
        cache.Share(prompt);
        return cache;
    }

    /// <summary>
    /// Computes a batch and appends to its rows' caches. A number that is not finite is reported by the batch; anything thrown
    /// is the caller's mistake, found before a cache changes.
    /// </summary>
    /// <param name="batch">At least one row, of caches that this slice made.</param>
    public void Forward(StageBatch batch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(batch);
        Begin(batch);
        Enter(batch);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Forward(_step, layer);
        }

        KeepStates(batch);
        MarkFaults(batch);
        if (_head is not null)
        {
            _head.Forward(_step, batch);
        }
        else if (_pooling is not null)
        {
            _pooling.Forward(_step, batch);
        }
        else
        {
            new ReadOnlySpan<float>(_step.Hidden, batch.TokenCount * HiddenSize).CopyTo(batch.HiddenRoom(HiddenSize));
        }

        batch.Complete();
        batch.FindFaults(HasHead);
        Publish(batch);
    }

    /// <summary>Frees weights and threads.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _pool.Dispose();
        _step.Dispose();
        _caches.Dispose();
        _weights.Dispose();
    }

    private void Check(StageBatch batch)
    {
        if (batch.RowCount == 0 || batch.IsHidden == HasEmbedding || (batch.IsHidden && batch.HiddenSize != HiddenSize))
        {
            string needed = HasEmbedding ? "token ids" : $"hidden states of {HiddenSize} floats";
            throw new ArgumentException($"The slice {Units} needs rows of {needed}; the batch has {batch.RowCount} of {(batch.IsHidden ? $"hidden states of {batch.HiddenSize} floats" : "token ids")}.", nameof(batch));
        }

        for (int r = 0; r < batch.RowCount; r++)
        {
            ref StageBatch.Row row = ref batch.RowAt(r);
            if (row.Cache.LayerCount != _layers.Length || row.Position > row.Cache.Length || row.Position + row.Count > row.Cache.MaxTokens)
            {
                throw new ArgumentException(
                    $"Row {r} holds positions {row.Position}..{row.Position + row.Count - 1}; its cache has {row.Cache.LayerCount} layers, {row.Cache.Length} tokens and room for {row.Cache.MaxTokens}, the slice {_layers.Length} layers.",
                    nameof(batch));
            }

            if (row.Cache.KeepableLength(row.Position) != row.Position)
            {
                string why = row.Cache.HasState ? "holds recurrent state" : "gave back what lies before its sliding window";
                throw new ArgumentException($"Row {r} begins at position {row.Position}; its cache {why}, and can go on from {row.Cache.Length} or {row.Cache.KeepableLength(row.Position)} (KvCache.KeepableLength).", nameof(batch));
            }

            row.Cache.Reserve(row.Position, row.Count);

            if (_spec.Pooling != Pooling.None && (row.Position != 0 || row.LogitsCount > 1))
            {
                throw new ArgumentException($"Row {r} begins at position {row.Position} and wants {row.LogitsCount} outputs; an encoder needs a text as a whole, from position 0, and makes one vector of it (LogitsWanted.Last).", nameof(batch));
            }
        }

        if (!batch.IsHidden)
        {
            for (int r = 0; _spec.LearnedPositions && r < batch.RowCount; r++)
            {
                ref StageBatch.Row row = ref batch.RowAt(r);
                if (row.Position + row.Count > _spec.ContextLength)
                {
                    throw new ArgumentException($"Row {r} ends at position {row.Position + row.Count - 1}; the model knows the positions 0..{_spec.ContextLength - 1}.", nameof(batch));
                }
            }

            foreach (int token in batch.Tokens)
            {
                if ((uint)token >= (uint)VocabularySize)
                {
                    throw new ArgumentException($"Token {token} is outside of the vocabulary of {VocabularySize}.", nameof(batch));
                }
            }
        }
    }

    private void Begin(StageBatch batch)
    {
        _pool.Faults.Clear();
        _step.Begin();
        for (int r = 0; r < batch.RowCount; r++)
        {
            ref StageBatch.Row row = ref batch.RowAt(r);
            row.Cache.Truncate(row.Position);
            row.Cache.Extend(row.Position + row.Count, batch.KnownTokens(row));
            row.Fault = false;
            _step.Add(new StepRow(row.Cache, row.Position, row.Count, row.FirstToken));
        }

        if (_layers.Length > 0)
        {
            _step.PrepareRopes();
        }
    }

    /// <summary>Which of its two sets of frequencies each rotation takes is a matter of the session's bound: keys of the one are not those of the other.</summary>
    private int Variant(int maxTokens)
    {
        int variant = 0;
        for (int i = 0; i < _spec.Ropes.Length; i++)
        {
            variant |= _spec.Ropes[i].IsLong(maxTokens) ? 1 << i : 0;
        }

        return variant;
    }

    private static void Publish(StageBatch batch)
    {
        for (int r = 0; r < batch.RowCount; r++)
        {
            ref StageBatch.Row row = ref batch.RowAt(r);
            if (row.Fault)
            {
                row.Cache.Doubt(row.Position);
            }

            row.Cache.Publish();
        }
    }

    /// <summary>Fills the step's hidden states.</summary>
    private void Enter(StageBatch batch)
    {
        if (_embedding is null)
        {
            batch.HiddenRoom(HiddenSize).CopyTo(new Span<float>(_step.Hidden, batch.TokenCount * HiddenSize));
            return;
        }

        _embedding.Forward(_step, batch);
    }

    /// <summary>Behind each chunk of a prompt, not behind each token of an answer: a copy costs as much as a step of a small model.</summary>
    private static void KeepStates(StageBatch batch)
    {
        for (int r = 0; r < batch.RowCount; r++)
        {
            if (batch.RowAt(r).Count > 1)
            {
                batch.RowAt(r).Cache.KeepState();
            }
        }
    }

    /// <summary>Products number their faults by the step's tokens.</summary>
    private void MarkFaults(StageBatch batch)
    {
        if (!_pool.Faults.Any)
        {
            return;
        }

        for (int r = 0; r < batch.RowCount; r++)
        {
            ref StageBatch.Row row = ref batch.RowAt(r);
            for (int t = row.FirstToken; t < row.FirstToken + row.Count; t++)
            {
                row.Fault |= _pool.Faults[t];
            }
        }
    }
}
