using Exo.Engine.Kernels;

namespace Exo.Engine.KvCaches;

/// <summary>The tokens of a session as far as they are known without a gap from the beginning, and the prefixes that its full blocks stand for.</summary>
internal sealed class KvSessionPrefix : IDisposable
{
    /// <summary>Fewer tokens of a block are computed again rather than copied.</summary>
    public const int LeastCopied = 16;

    private const int Page = KvLayout.PagePositions;
    private readonly KvPrefixTree _tree;
    private readonly KvPrefix _root;
    private readonly int[]?[] _tokens;
    private readonly KvPrefix?[] _nodes;
    private int _known;

    public KvSessionPrefix(KvPrefixTree tree, int variant, int pages)
    {
        (_tree, _root) = (tree, tree.Root(variant));
        _tokens = new int[]?[pages];
        _nodes = new KvPrefix?[pages];
    }

    /// <summary>Full blocks, from the first one on, that are known by their tokens.</summary>
    public int PublishedPages { get; private set; }

    private KvPrefix Last => PublishedPages == 0 ? _root : _nodes[PublishedPages - 1]!;

    /// <summary>Whether the next block is full and its tokens are known.</summary>
    public bool HasFull(int length) => (long)(PublishedPages + 1) * Page <= Math.Min(_known, length);

    public KvPrefix Publish()
    {
        int[] tokens = _tokens[PublishedPages]!;
        KvPrefix node = _tree.Find(Last, tokens) ?? _tree.Add(Last, tokens);
        _tokens[PublishedPages] = node.Tokens;
        Hold(node);
        return node;
    }

    /// <summary>Notes tokens at a position; a gap before them leaves them unknown.</summary>
    public void Append(int position, ReadOnlySpan<int> tokens)
    {
        if (position > _known)
        {
            return;
        }

        while (!tokens.IsEmpty)
        {
            int[] page = _tokens[position / Page] ??= new int[Page];
            int count = Math.Min(tokens.Length, Page - (position % Page));
            tokens[..count].CopyTo(page.AsSpan(position % Page));
            tokens = tokens[count..];
            position += count;
        }

        _known = position;
    }

    public void Doubt(int position) => _known = Math.Min(_known, position);

    public void Truncate(int length)
    {
        Doubt(length);
        while (PublishedPages > 0 && PublishedPages * Page > length)
        {
            // The tree keeps the array of a node: this session goes on with a copy.
            int page = --PublishedPages;
            _tokens[page] = page * Page < length ? [.. _tokens[page]!] : null;
            Drop(page);
        }
    }

    /// <summary>
    /// Takes the longest beginning of a prompt that every group still has: full blocks are held, of the block behind them the tokens that are the
    /// same are copied.
    /// </summary>
    /// <param name="pool">Where the blocks are.</param>
    /// <param name="prompt">What may be taken.</param>
    /// <param name="blocks">The session's blocks, by group and page; empty so far.</param>
    /// <param name="firstPages">The first page that each group has.</param>
    /// <returns>Tokens that were taken.</returns>
    public int Take(KvPool pool, ReadOnlySpan<int> prompt, KvBlock?[][] blocks, int[] firstPages)
    {
        while ((PublishedPages + 1) * Page <= prompt.Length && _tree.Find(Last, prompt.Slice(PublishedPages * Page, Page)) is { } node)
        {
            Hold(node);
        }

        while (true)
        {
            int full = PublishedPages * Page;
            (KvPrefix? near, int more) = KvPrefixTree.Nearest(Last, prompt[full..Math.Min(prompt.Length, full + Page)]);
            if (near is not null && more >= LeastCopied && TryTake(pool, full + more, near, blocks, firstPages))
            {
                _tokens[PublishedPages] = new int[Page];
                prompt.Slice(full, more).CopyTo(_tokens[PublishedPages]);
                return Taken(pool, full + more, firstPages);
            }

            if (TryTake(pool, full, null, blocks, firstPages))
            {
                return Taken(pool, full, firstPages);
            }

            Drop(--PublishedPages);
        }
    }

    /// <summary>Makes the tokens behind the last full block known, so that a session that begins with them can copy them.</summary>
    public void PublishEnd(KvPool pool, KvBlock?[][] blocks, int length)
    {
        int count = length - (PublishedPages * Page);
        if (_known < length || count is < LeastCopied or >= Page)
        {
            return;
        }

        ReadOnlySpan<int> tokens = _tokens[PublishedPages].AsSpan(0, count);
        (KvPrefix? near, int same) = KvPrefixTree.Nearest(Last, tokens);
        if (same == count)
        {
            return; // somebody's block has all of it
        }

        KvPrefix node = _tree.Find(Last, tokens) ?? _tree.Add(Last, tokens.ToArray());
        for (int g = 0; g < blocks.Length; g++)
        {
            if (node.Blocks[g] is null && blocks[g][PublishedPages] is { Prefix: null } block)
            {
                node.Blocks[g] = block;
                block.Prefix = node;
            }
        }

        Replace(pool, node);
        _tree.Prune(node);
    }

    /// <summary>Evicts ends of sessions that a node goes on from: it has all that they have.</summary>
    public static void Replace(KvPool pool, KvPrefix node)
    {
        KvPrefix? next;
        for (KvPrefix? sibling = node.Parent!.FirstChild; sibling is not null; sibling = next)
        {
            next = sibling.NextSibling;
            if (sibling.Tokens.Length < node.Tokens.Length && node.Tokens.AsSpan().StartsWith(sibling.Tokens))
            {
                foreach (KvBlock? block in sibling.Blocks)
                {
                    if (block is { References: 0 })
                    {
                        pool.Evict(block);
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        while (PublishedPages > 0)
        {
            Drop(--PublishedPages);
        }
    }

    /// <summary>Whether every group has the blocks that a token behind so many sees.</summary>
    private bool Has(KvPool pool, int length, KvPrefix? end)
    {
        for (int g = 0; g < pool.Groups.Count; g++)
        {
            for (int page = pool.Groups[g].FirstNeeded(length); page * Page < length; page++)
            {
                if ((page < PublishedPages ? _nodes[page] : end)!.Blocks[g] is null)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryTake(KvPool pool, int length, KvPrefix? end, KvBlock?[][] blocks, int[] firstPages)
    {
        if (!Has(pool, length, end))
        {
            return false;
        }

        // All are held before memory is asked for, which may evict what nobody holds.
        for (int g = 0; g < blocks.Length; g++)
        {
            firstPages[g] = length == 0 ? 0 : pool.Groups[g].FirstNeeded(length);
            for (int page = firstPages[g]; page * Page < length; page++)
            {
                blocks[g][page] = (page < PublishedPages ? _nodes[page] : end)!.Blocks[g];
                pool.Hold(blocks[g][page]!);
            }
        }

        if (end is null || TryCopy(pool, blocks))
        {
            return true;
        }

        for (int g = 0; g < blocks.Length; g++)
        {
            for (int page = firstPages[g]; page * Page < length; page++)
            {
                pool.Release(blocks[g][page]!);
                blocks[g][page] = null;
            }
        }

        return false;
    }

    /// <summary>Copies take the place of the last blocks, which are not full.</summary>
    private bool TryCopy(KvPool pool, KvBlock?[][] blocks)
    {
        for (int g = 0; g < blocks.Length; g++)
        {
            if (pool.TryRent(g) is not { } own)
            {
                return false;
            }

            KvBlock from = blocks[g][PublishedPages]!;
            own.CopyFrom(from);
            blocks[g][PublishedPages] = own;
            pool.Release(from);
        }

        return true;
    }

    private int Taken(KvPool pool, int length, int[] firstPages)
    {
        int blocks = 0;
        foreach (int first in firstPages)
        {
            blocks += ((length + Page - 1) / Page) - first;
        }

        for (int page = 0; page < PublishedPages; page++)
        {
            _tokens[page] = _nodes[page]!.Tokens;
        }

        _known = length;
        pool.CountShared(blocks, length);
        return length;
    }

    private void Hold(KvPrefix node)
    {
        node.Holders++;
        _nodes[PublishedPages++] = node;
    }

    private void Drop(int page)
    {
        KvPrefix node = _nodes[page]!;
        _nodes[page] = null;
        node.Holders--;
        _tree.Prune(node);
    }
}
