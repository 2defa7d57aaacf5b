using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.KvCaches;

/// <summary>
/// Keys and values of one session in the layers of one slice. Grows by blocks of 512 positions as it is used; layers with a sliding window give back
/// the blocks that no token can see any more. One caller at a time, the same for all caches of a slice. Dispose gives the memory back at once, but for
/// blocks that the slice keeps for later sessions.
/// </summary>
public sealed unsafe class KvCache : IDisposable
{
    private const int Page = KvLayout.PagePositions;
    private readonly KvPool _pool;
    private readonly KvLayout[] _layouts;
    private readonly int[] _windows;
    private readonly KvBlock?[][] _blocks;
    private readonly int[] _firstPages;
    private readonly int _pageCount;
    private readonly NativeBuffer _table;
    private readonly RecurrentState _state;
    private readonly KvSessionPrefix? _prefix;
    private long _reserved;

    /// <param name="pool">The slice's.</param>
    /// <param name="layouts">Of each layer's keys and values; a recurrent layer has the empty one.</param>
    /// <param name="windows">Positions that a token sees on each layer; 0 = all. As long as layouts.</param>
    /// <param name="stateFloats">Floats of state of each layer, 0 for those with keys and values. As long as layouts.</param>
    /// <param name="maxTokens">Tokens that it may grow to, at least 1.</param>
    /// <param name="variant">Which prefixes its tokens belong to.</param>
    /// <exception cref="KvBudgetException">There is no room for so many tokens.</exception>
    internal KvCache(KvPool pool, KvLayout[] layouts, int[] windows, ReadOnlySpan<int> stateFloats, int maxTokens, int variant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        MaxTokens = maxTokens;
        (_pool, _layouts, _windows) = (pool, layouts, windows);
        _pageCount = (int)(((long)maxTokens + Page - 1) / Page);
        _blocks = new KvBlock?[pool.Groups.Count][];
        _firstPages = new int[_blocks.Length];
        for (int g = 0; g < _blocks.Length; g++)
        {
            _blocks[g] = new KvBlock?[_pageCount];
            _reserved += KvGroup.Pages(pool.Groups[g].Window, maxTokens) * pool.Groups[g].PageBytes;
        }

        _reserved += RecurrentState.BytesOf(stateFloats);
        pool.Reserve(_reserved, maxTokens);
        _state = new RecurrentState(stateFloats);
        pool.Count(_state.Bytes);
        Bytes = _state.Bytes;
        _table = new NativeBuffer(Math.Max(1, (long)_layouts.Length * _pageCount * sizeof(byte*)));
        _prefix = pool.Prefixes is { } tree && _state.Bytes == 0 ? new KvSessionPrefix(tree, variant, _pageCount) : null;
    }

    /// <summary>Tokens in the cache.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens that it may hold.</summary>
    public int MaxTokens { get; }

    /// <summary>Memory of the blocks that it holds, shared ones included, and of its state.</summary>
    public long Bytes { get; private set; }

    /// <summary>Tokens that it had from the beginning, because an earlier session computed them.</summary>
    public int SharedTokens { get; private set; }

    /// <summary>Whether it was disposed.</summary>
    public bool IsDisposed { get; private set; }

    internal int LayerCount => _layouts.Length;

    internal bool HasState => _state.Bytes > 0;

    /// <summary>
    /// The most tokens, up to <paramref name="length"/>, that can be kept. Keys and values can be cut anywhere; with sliding windows as long as the
    /// positions that the next token sees were not given back: 512 positions are always kept behind the window. A recurrent layer's state cannot be
    /// computed backwards: it can go on from where it is, from where it was kept (behind the last chunk of several tokens), and from 0.
    /// </summary>
    /// <param name="length">0..<see cref="Length"/></param>
    public int KeepableLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (length == Length)
        {
            return length;
        }

        int keepable = _state.Bytes == 0 ? length : length >= _state.KeptLength ? _state.KeptLength : 0;
        for (int g = 0; g < _blocks.Length; g++)
        {
            if (_pool.Groups[g].FirstNeeded(keepable) < _firstPages[g])
            {
                return 0;
            }
        }

        return keepable;
    }

    /// <summary>Forgets the tokens from <paramref name="length"/> on and gives back the blocks that held nothing else.</summary>
    /// <param name="length">0..<see cref="Length"/>, one that <see cref="KeepableLength"/> gives.</param>
    public void Truncate(int length)
    {
        int possible = KeepableLength(length);
        if (possible != length)
        {
            throw new ArgumentException($"A cache of {Length} tokens cannot be cut to {length}, but to {possible} ({(HasState ? "recurrent state cannot go back" : "what lies before its sliding window was given back")}): compute anew from there.", nameof(length));
        }

        if (length == Length && length > 0)
        {
            return;
        }

        _state.GoTo(length);
        Length = length;
        _prefix?.Truncate(length);
        for (int g = 0; g < _blocks.Length; g++)
        {
            for (int page = _pageCount - 1; page >= (length + Page - 1) / Page; page--)
            {
                Release(g, page);
            }

            _firstPages[g] = length == 0 ? 0 : _firstPages[g];
        }
    }

    /// <summary>Frees all memory, or leaves blocks to later sessions; the cache cannot be used afterwards.</summary>
    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }

        _prefix?.PublishEnd(_pool, _blocks, Length);
        IsDisposed = true;
        Length = 0;
        for (int page = _pageCount - 1; page >= 0; page--)
        {
            // The end goes first into the line of those to be evicted: a beginning is worth more.
            for (int g = 0; g < _blocks.Length; g++)
            {
                Release(g, page);
            }
        }

        _prefix?.Dispose();
        _pool.Count(-_state.Bytes);
        _pool.GiveUp(_reserved);
        _table.Dispose();
        _state.Dispose();
    }

    internal ref readonly KvLayout Layout(int layer) => ref _layouts[layer];

    /// <summary>Positions that a token sees on a layer; 0 = all.</summary>
    internal int Window(int layer) => _windows[layer];

    /// <summary>The pages of a layer, by position / 512; null before the window's.</summary>
    /// <param name="layer">Layer within the slice, from 0.</param>
    internal byte** Pages(int layer) => (byte**)_table.Pointer + ((long)layer * _pageCount);

    /// <summary>The state of a recurrent layer behind the last token; zeros at the beginning. [stateFloats]</summary>
    /// <param name="layer">Layer within the slice, from 0.</param>
    internal float* State(int layer) => _state.Of(layer);

    /// <summary>Keeps the states as they are, to go on from here again.</summary>
    internal void KeepState() => _state.Keep(Length);

    /// <summary>Takes over what earlier sessions computed of the beginning of a prompt, but its last token. Only while it is empty.</summary>
    internal void Share(ReadOnlySpan<int> prompt)
    {
        if (_prefix is null || prompt.Length < 2)
        {
            return;
        }

        prompt = prompt[..Math.Min(prompt.Length - 1, MaxTokens)];
        Length = _blocks.Length == 0 ? prompt.Length : _prefix.Take(_pool, prompt, _blocks, _firstPages);
        SharedTokens = Length;
        for (int g = 0; g < _blocks.Length; g++)
        {
            for (int page = _firstPages[g]; page * Page < Length; page++)
            {
                Show(g, page);
                Bytes += _pool.Groups[g].PageBytes;
            }
        }
    }

    /// <summary>Reserves what a row needs that is longer than the footprint counts on.</summary>
    /// <exception cref="KvBudgetException">There is no room for it.</exception>
    internal void Reserve(int position, int count)
    {
        long bytes = _state.Bytes;
        for (int g = 0; g < _blocks.Length; g++)
        {
            bytes += (((position + count - 1) / Page) + 1 - _pool.Groups[g].FirstKept(position)) * _pool.Groups[g].PageBytes;
        }

        if (bytes > _reserved)
        {
            _pool.Reserve(bytes - _reserved, position + count);
            _reserved = bytes;
        }
    }

    /// <summary>Makes room for positions up to <paramref name="length"/>; they count as held from now on.</summary>
    /// <param name="length">Tokens that it will hold.</param>
    /// <param name="tokens">Those behind the present ones; empty: nobody knows them here.</param>
    internal void Extend(int length, ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (length > MaxTokens)
        {
            throw new InvalidOperationException($"A KV cache of {MaxTokens} tokens was asked to hold {length}.");
        }

        for (int g = 0; g < _blocks.Length; g++)
        {
            int kept = _pool.Groups[g].FirstKept(Length);
            for (int page = _firstPages[g]; page < kept; page++)
            {
                Release(g, page);
            }

            _firstPages[g] = Math.Max(_firstPages[g], kept);
            for (int page = Length / Page; page * Page < length; page++)
            {
                if (_blocks[g][page] is not { } block)
                {
                    _blocks[g][page] = _pool.Rent(g);
                    Bytes += _pool.Groups[g].PageBytes;
                    Show(g, page);
                }
                else if (block.Prefix is not null)
                {
                    OwnAgain(g, page, block);
                }
            }
        }

        _prefix?.Append(Length, tokens);
        Length = length;
    }

    /// <summary>What was computed is right: full blocks whose tokens are known can be shared from now on.</summary>
    internal void Publish()
    {
        if (_prefix?.HasFull(Length) != true)
        {
            return;
        }

        while (_prefix.HasFull(Length))
        {
            int page = _prefix.PublishedPages;
            KvPrefix node = _prefix.Publish();
            for (int g = 0; g < _blocks.Length; g++)
            {
                Publish(g, page, node);
            }

            KvSessionPrefix.Replace(_pool, node);
        }
    }

    /// <summary>What was computed from <paramref name="position"/> on must not be shared.</summary>
    internal void Doubt(int position) => _prefix?.Doubt(position);

    /// <summary>The block becomes the prefix's; where another session was faster, its block takes the place of ours, which has the same bits.</summary>
    private void Publish(int g, int page, KvPrefix node)
    {
        if (_blocks[g][page] is not { Prefix: null } own)
        {
            return;
        }

        if (node.Blocks[g] is { } other)
        {
            _pool.Hold(other);
            _blocks[g][page] = other;
            Show(g, page);
            _pool.Release(own);
            return;
        }

        node.Blocks[g] = own;
        own.Prefix = node;
    }

    /// <summary>A block that others may read gets other tokens: it is taken back where nobody holds it, or copied.</summary>
    private void OwnAgain(int g, int page, KvBlock block)
    {
        if (block.References == 1)
        {
            _pool.Forget(block);
            return;
        }

        KvBlock own = _pool.Rent(g);
        own.CopyFrom(block);
        _blocks[g][page] = own;
        Show(g, page);
        _pool.Release(block);
    }

    private void Release(int g, int page)
    {
        if (_blocks[g][page] is not { } block)
        {
            return;
        }

        _blocks[g][page] = null;
        Bytes -= _pool.Groups[g].PageBytes;
        Show(g, page);
        _pool.Release(block);
    }

    /// <summary>Tells the layers where a page lies.</summary>
    private void Show(int g, int page)
    {
        KvGroup group = _pool.Groups[g];
        for (int i = 0; i < group.Layers.Length; i++)
        {
            Pages(group.Layers[i])[page] = _blocks[g][page] is { } block ? block.Buffer.Pointer + group.Offsets[i] : null;
        }
    }
}
