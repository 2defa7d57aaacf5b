using System.Text;
using Exo.Engine.Kernels;

namespace Exo.Engine.KvCaches;

/// <summary>
/// Prefixes by what they say. A hash only finds candidates: a node is the wanted one when its parent and its tokens are, compared one by one.
/// </summary>
internal sealed class KvPrefixTree
{
    private readonly Dictionary<ulong, KvPrefix> _byHash = [];
    private readonly Dictionary<int, KvPrefix> _roots = [];
    private readonly ulong _seed;
    private readonly int _groups;
    private readonly ulong _mask;

    /// <param name="identity">Model, cut and storage, in words.</param>
    /// <param name="groups">Groups of layers.</param>
    /// <param name="mask">Bits of the hash that are used; fewer make collisions for tests.</param>
    public KvPrefixTree(string identity, int groups, ulong mask = ulong.MaxValue)
    {
        (_groups, _mask, _seed) = (groups, mask, 0xcbf29ce484222325);
        foreach (byte b in Encoding.UTF8.GetBytes(identity))
        {
            _seed = Mixed(_seed, b);
        }
    }

    public int Count { get; private set; }

    /// <summary>Where the prefixes of a variant begin: positions turn differently in sessions that may become long.</summary>
    public KvPrefix Root(int variant)
    {
        if (!_roots.TryGetValue(variant, out KvPrefix? root))
        {
            root = new KvPrefix(null, Mixed(_seed, (uint)variant), [], _groups);
            _roots.Add(variant, root);
        }

        return root;
    }

    public KvPrefix? Find(KvPrefix parent, ReadOnlySpan<int> tokens)
    {
        KvPrefix? node = _byHash.GetValueOrDefault(HashOf(parent, tokens));
        while (node is not null && !(node.Parent == parent && tokens.SequenceEqual(node.Tokens)))
        {
            node = node.SameHash;
        }

        return node;
    }

    /// <summary>Adds a node that is not there yet. The array is the tree's from now on.</summary>
    public KvPrefix Add(KvPrefix parent, int[] tokens)
    {
        ulong hash = HashOf(parent, tokens);
        KvPrefix node = new(parent, hash, tokens, _groups) { SameHash = _byHash.GetValueOrDefault(hash), NextSibling = parent.FirstChild };
        if (parent.FirstChild is not null)
        {
            parent.FirstChild.PreviousSibling = node;
        }

        parent.FirstChild = node;
        _byHash[hash] = node;
        Count++;
        return node;
    }

    /// <summary>The child that shares the most first tokens, and how many.</summary>
    public static (KvPrefix? Child, int Tokens) Nearest(KvPrefix parent, ReadOnlySpan<int> tokens)
    {
        (KvPrefix? best, int most) = (null, 0);
        for (KvPrefix? child = parent.FirstChild; child is not null; child = child.NextSibling)
        {
            int same = tokens.CommonPrefixLength(child.Tokens);
            if (same > most && child.HasBlocks)
            {
                (best, most) = (child, same);
            }
        }

        return (best, most);
    }

    /// <summary>Forgets a node that nobody needs, and those before it that were needed for it alone.</summary>
    public void Prune(KvPrefix node)
    {
        while (node.IsSpent)
        {
            KvPrefix parent = node.Parent!;
            Unlink(parent, node);
            Count--;
            node = parent;
        }
    }

    private void Unlink(KvPrefix parent, KvPrefix node)
    {
        if (node.PreviousSibling is { } previous)
        {
            previous.NextSibling = node.NextSibling;
        }
        else
        {
            parent.FirstChild = node.NextSibling;
        }

        if (node.NextSibling is { } next)
        {
            next.PreviousSibling = node.PreviousSibling;
        }

        KvPrefix first = _byHash[node.Hash];
        if (first == node)
        {
            if (node.SameHash is null)
            {
                _byHash.Remove(node.Hash);
            }
            else
            {
                _byHash[node.Hash] = node.SameHash;
            }

            return;
        }

        while (first.SameHash != node)
        {
            first = first.SameHash!;
        }

        first.SameHash = node.SameHash;
    }

    private ulong HashOf(KvPrefix parent, ReadOnlySpan<int> tokens)
    {
        ulong hash = Mixed(parent.Hash, KvLayout.PagePositions);
        foreach (int token in tokens)
        {
            hash = Mixed(hash, (uint)token);
        }

        return hash & _mask;
    }

    private static ulong Mixed(ulong hash, uint value)
    {
        hash = (hash ^ value) * 0x9e3779b97f4a7c15;
        return hash ^ (hash >> 32);
    }
}
