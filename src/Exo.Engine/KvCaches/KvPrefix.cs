namespace Exo.Engine.KvCaches;

/// <summary>
/// Some tokens behind others: a node in the tree of the prefixes that have blocks. 512 tokens, or fewer where a session ended; those are only ever copied.
/// </summary>
internal sealed class KvPrefix(KvPrefix? parent, ulong hash, int[] tokens, int groups)
{
    public KvPrefix? Parent { get; } = parent;

    /// <summary>Of model, cut, storage and all tokens up to the last one of this node.</summary>
    public ulong Hash { get; } = hash;

    /// <summary>Never written again.</summary>
    public int[] Tokens { get; } = tokens;

    /// <summary>The block of each group; null where it was given back.</summary>
    public KvBlock?[] Blocks { get; } = new KvBlock?[groups];

    /// <summary>Another node with the same hash.</summary>
    public KvPrefix? SameHash { get; set; }

    public KvPrefix? FirstChild { get; set; }

    public KvPrefix? NextSibling { get; set; }

    public KvPrefix? PreviousSibling { get; set; }

    /// <summary>Sessions that count it among their tokens.</summary>
    public int Holders { get; set; }

    public bool HasBlocks => Array.Exists(Blocks, block => block is not null);

    /// <summary>Nobody needs it any more.</summary>
    public bool IsSpent => Holders == 0 && FirstChild is null && Parent is not null && !HasBlocks;
}
