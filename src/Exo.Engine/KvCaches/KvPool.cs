using System.Globalization;

namespace Exo.Engine.KvCaches;

/// <summary>
/// The blocks of a slice's caches, within a budget. Sessions reserve what they may come to need, so that none fails half-way; what they do not hold
/// at the moment keeps the blocks of sessions that ended, least recently used first to go. One caller at a time.
/// </summary>
internal sealed class KvPool : IDisposable
{
    private readonly KvGroup[] _groups;
    private readonly long _budget;
    private KvBlock? _oldest;
    private KvBlock? _newest;
    private long _reserved;
    private long _used;
    private long _kept;
    private long _sharedBlocks;
    private long _sharedTokens;
    private long _evicted;
    private bool _closed;

    /// <param name="groups">Groups of the slice's layers.</param>
    /// <param name="budget">Bytes at most; 0 = no bound.</param>
    /// <param name="prefixes">The prefixes that sessions share; null: they share none.</param>
    public KvPool(KvGroup[] groups, long budget, KvPrefixTree? prefixes)
    {
        _groups = groups;
        _budget = budget;
        Prefixes = prefixes;
    }

    public IReadOnlyList<KvGroup> Groups => _groups;

    public KvPrefixTree? Prefixes { get; }

    public KvUse Use => new(_budget, _reserved, _used, _kept, _sharedBlocks, _sharedTokens, _evicted);

    /// <exception cref="KvBudgetException">It does not fit beside what other sessions reserved.</exception>
    public void Reserve(long bytes, int tokens)
    {
        if (_budget > 0 && _reserved + bytes > _budget)
        {
            throw new KvBudgetException(string.Create(
                CultureInfo.InvariantCulture,
                $"A session of {tokens} tokens needs {bytes} bytes for keys and values; the caches of this slice may take {_budget} bytes, and its other sessions reserved {_reserved}. Ask for fewer tokens, end a session, store in q8 (exo.engine.kv-cache), or raise exo.ring.sessions or exo.ring.context-tokens, by which the budget is planned."));
        }

        _reserved += bytes;
    }

    public void GiveUp(long bytes) => _reserved -= bytes;

    /// <summary>Counts memory that is no block; negative when it is freed. Within what the caller reserved.</summary>
    public void Count(long bytes)
    {
        if (!MakeRoom(bytes))
        {
            throw new InvalidOperationException($"The caches of a slice hold {_used} of {_budget} bytes, and {bytes} more were not reserved.");
        }

        _used += bytes;
    }

    /// <summary>An empty block. Within what the caller reserved.</summary>
    public KvBlock Rent(int group)
    {
        long bytes = _groups[group].PageBytes;
        Count(bytes);
        return new KvBlock(group, bytes) { References = 1 };
    }

    /// <summary>The same for what can be done without: null where it would take a block that somebody holds.</summary>
    public KvBlock? TryRent(int group) => MakeRoom(_groups[group].PageBytes) ? Rent(group) : null;

    /// <summary>One more session holds the block.</summary>
    public void Hold(KvBlock block)
    {
        if (block.References++ == 0)
        {
            Unlink(block);
        }
    }

    /// <summary>One session less holds the block; without any it is kept if it is known by its tokens.</summary>
    public void Release(KvBlock block)
    {
        if (--block.References > 0)
        {
            return;
        }

        if (block.Prefix is null || _closed)
        {
            Forget(block);
            Free(block);
            return;
        }

        (block.Older, block.Newer) = (_newest, null);
        if (_newest is not null)
        {
            _newest.Newer = block;
        }

        _newest = block;
        _oldest ??= block;
        _kept += block.Buffer.Bytes;
    }

    public void CountShared(int blocks, int tokens)
    {
        _sharedBlocks += blocks;
        _sharedTokens += tokens;
    }

    /// <summary>Gives up a block that no session holds.</summary>
    public void Evict(KvBlock block)
    {
        Unlink(block);
        Forget(block);
        Free(block);
        _evicted++;
    }

    /// <summary>Nobody finds the block by its tokens any more.</summary>
    public void Forget(KvBlock block)
    {
        if (block.Prefix is { } prefix)
        {
            prefix.Blocks[block.Group] = null;
            block.Prefix = null;
            Prefixes!.Prune(prefix);
        }
    }

    /// <summary>Frees what no session holds; the others' blocks are freed as soon as they end.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_oldest is { } block)
        {
            Evict(block);
        }
    }

    private bool MakeRoom(long bytes)
    {
        while (_budget > 0 && _used + bytes > _budget)
        {
            if (_oldest is not { } oldest)
            {
                return false;
            }

            Evict(oldest);
        }

        return true;
    }

    private void Unlink(KvBlock block)
    {
        if (block.Older is { } older)
        {
            older.Newer = block.Newer;
        }
        else
        {
            _oldest = block.Newer;
        }

        if (block.Newer is { } newer)
        {
            newer.Older = block.Older;
        }
        else
        {
            _newest = block.Older;
        }

        (block.Older, block.Newer) = (null, null);
        _kept -= block.Buffer.Bytes;
    }

    private void Free(KvBlock block)
    {
        _used -= block.Buffer.Bytes;
        block.Buffer.Dispose();
    }
}
