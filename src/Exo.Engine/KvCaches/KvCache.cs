using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.KvCaches;

/// <summary>
/// Keys and values of one session in the layers of one slice. Grows by pages of 512 positions as it is used; a page holds all layers of
/// the slice. One caller at a time. Dispose gives the memory back at once.
/// </summary>
public sealed unsafe class KvCache : IDisposable
{
    private readonly KvLayout[] _layouts;
    private readonly long[] _layerOffsets;
    private readonly NativeBuffer?[] _pages;
    private readonly NativeBuffer _table;
    private readonly RecurrentState _state;
    private readonly long _pageBytes;

    /// <param name="layouts">Of each layer's keys and values; a recurrent layer has the empty one.</param>
    /// <param name="stateFloats">Floats of state of each layer, 0 for those with keys and values. As long as layouts.</param>
    /// <param name="maxTokens">Tokens that it may grow to, at least 1.</param>
    internal KvCache(ReadOnlySpan<KvLayout> layouts, ReadOnlySpan<int> stateFloats, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        MaxTokens = maxTokens;
        _layouts = layouts.ToArray();
        _layerOffsets = new long[_layouts.Length];
        for (int i = 0; i < _layouts.Length; i++)
        {
            _layerOffsets[i] = _pageBytes;
            _pageBytes += (_layouts[i].PageBytes + 63) & ~63L;
        }

        _state = new RecurrentState(stateFloats);
        Bytes = _state.Bytes;
        _pages = new NativeBuffer?[(maxTokens + KvLayout.PagePositions - 1) / KvLayout.PagePositions];
        _table = new NativeBuffer(Math.Max(1, (long)_layouts.Length * _pages.Length * sizeof(byte*)));
    }

    /// <summary>Tokens in the cache.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens that it may hold.</summary>
    public int MaxTokens { get; }

    /// <summary>Memory of the pages that it has.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether it was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>
    /// The most tokens, up to <paramref name="length"/>, that can be kept. Keys and values can be cut anywhere; a recurrent layer's state cannot be
    /// computed backwards: it can go on from where it is, from where it was kept (behind the last chunk of several tokens), and from 0.
    /// </summary>
    /// <param name="length">0..<see cref="Length"/></param>
    public int KeepableLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        return _state.Bytes == 0 || length == Length ? length : length >= _state.KeptLength ? _state.KeptLength : 0;
    }

    /// <summary>Forgets the tokens from <paramref name="length"/> on and frees the pages that held nothing else.</summary>
    /// <param name="length">0..<see cref="Length"/>, one that <see cref="KeepableLength"/> gives.</param>
    public void Truncate(int length)
    {
        int possible = KeepableLength(length);
        if (possible != length)
        {
            throw new ArgumentException($"A cache with recurrent state of {Length} tokens cannot be cut to {length}; {possible} is the most below.", nameof(length));
        }

        if (length != Length || length == 0)
        {
            _state.GoTo(length);
        }

        Length = length;
        for (int page = (length + KvLayout.PagePositions - 1) / KvLayout.PagePositions; page < _pages.Length; page++)
        {
            Free(page);
        }
    }

    /// <summary>Frees all memory; the cache cannot be used afterwards.</summary>
    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }

        Length = 0;
        for (int page = 0; page < _pages.Length; page++)
        {
            Free(page);
        }

        _table.Dispose();
        _state.Dispose();
        IsDisposed = true;
    }

    internal int LayerCount => _layouts.Length;

    internal ref readonly KvLayout Layout(int layer) => ref _layouts[layer];

    /// <summary>The pages of a layer, by position / 512.</summary>
    /// <param name="layer">Layer within the slice, from 0.</param>
    internal byte** Pages(int layer) => (byte**)_table.Pointer + ((long)layer * _pages.Length);

    /// <summary>The state of a recurrent layer behind the last token; zeros at the beginning. [stateFloats]</summary>
    /// <param name="layer">Layer within the slice, from 0.</param>
    internal float* State(int layer) => _state.Of(layer);

    /// <summary>Keeps the states as they are, to go on from here again.</summary>
    internal void KeepState() => _state.Keep(Length);

    /// <summary>Makes room for positions up to <paramref name="length"/>; they count as held from now on.</summary>
    internal void Extend(int length)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (length > MaxTokens)
        {
            throw new InvalidOperationException($"A KV cache of {MaxTokens} tokens was asked to hold {length}.");
        }

        for (int page = Length / KvLayout.PagePositions; page * KvLayout.PagePositions < length; page++)
        {
            if (_pages[page] is null && _pageBytes > 0)
            {
                NativeBuffer buffer = new(_pageBytes);
                _pages[page] = buffer;
                Bytes += _pageBytes;
                for (int layer = 0; layer < _layouts.Length; layer++)
                {
                    Pages(layer)[page] = buffer.Pointer + _layerOffsets[layer];
                }
            }
        }

        Length = length;
    }

    private void Free(int page)
    {
        if (_pages[page] is not { } buffer)
        {
            return;
        }

        buffer.Dispose();
        _pages[page] = null;
        Bytes -= _pageBytes;
        for (int layer = 0; layer < _layouts.Length; layer++)
        {
            Pages(layer)[page] = null;
        }
    }
}
