using Exo.Engine.Tokens;

namespace Exo.Engine.Grammars;

/// <summary>
/// The bytes of all tokens as a trie in one array, a node before its children: a walk goes straight through it and jumps over what cannot
/// follow. Control tokens have no text and are left out, as are tokens that begin with NUL: no grammar that is meant can want one.
/// </summary>
internal sealed class VocabularyTrie
{
    private readonly byte[] _labels;
    private readonly int[] _behind;
    private readonly int[] _depths;
    private readonly int[] _firstToken;
    private readonly int[] _tokens;
    private readonly int _deepest;

    public VocabularyTrie(Tokenizer tokenizer)
    {
        Size = tokenizer.VocabularySize;
        List<byte> bytes = [];
        List<(byte[] Bytes, int Id)> sorted = [];
        for (int id = 0; id < Size; id++)
        {
            bytes.Clear();
            tokenizer.AppendBytes(id, showSpecial: false, bytes);
            if (bytes.Count > 0 && bytes[0] != 0 && !tokenizer.EndOfGenerationIds.Contains(id))
            {
                sorted.Add(([.. bytes], id));
            }
        }

        sorted.Sort(static (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes) is not 0 and int order ? order : a.Id.CompareTo(b.Id));
        List<byte> labels = [];
        List<int> depths = [];
        List<int> ends = [];
        byte[] before = [];
        foreach ((byte[] token, _) in sorted)
        {
            for (int depth = token.AsSpan().CommonPrefixLength(before); depth < token.Length; depth++)
            {
                labels.Add(token[depth]);
                depths.Add(depth);
            }

            // Shorter tokens sort first, so that each ends at the node that was made last.
            ends.Add(labels.Count - 1);
            before = token;
        }

        _labels = [.. labels];
        _depths = [.. depths];
        _tokens = [.. sorted.Select(token => token.Id)];
        _deepest = _depths.Length == 0 ? 0 : _depths.Max() + 1;
        _firstToken = FirstTokens(ends, _depths.Length);
        _behind = Behind(_depths);
    }

    /// <summary>Tokens of the vocabulary.</summary>
    public int Size { get; }

    /// <summary>Sets the bit of every token that can follow a state.</summary>
    public void Mark(GrammarState start, ulong[] mask)
    {
        GrammarState[] states = new GrammarState[_deepest + 1];
        states[0] = start;
        int node = 0;
        while (node < _labels.Length)
        {
            int depth = _depths[node];
            GrammarState next = states[depth].Step(_labels[node]);
            if (next.IsDead)
            {
                node = _behind[node];
                continue;
            }

            for (int token = _firstToken[node]; token < _firstToken[node + 1]; token++)
            {
                int id = _tokens[token];
                mask[id >> 6] |= 1UL << (id & 63);
            }

            states[depth + 1] = next;
            node++;
        }
    }

    /// <summary>Where the tokens that end at each node begin in the sorted list. [nodes + 1]</summary>
    private static int[] FirstTokens(List<int> ends, int nodes)
    {
        int[] first = new int[nodes + 1];
        int token = 0;
        for (int node = 0; node <= nodes; node++)
        {
            while (token < ends.Count && ends[token] < node)
            {
                token++;
            }

            first[node] = token;
        }

        return first;
    }

    private static int[] Behind(int[] depths)
    {
        int[] behind = new int[depths.Length];
        Stack<int> open = new();
        for (int node = 0; node < depths.Length; node++)
        {
            while (open.TryPeek(out int last) && depths[last] >= depths[node])
            {
                behind[open.Pop()] = node;
            }

            open.Push(node);
        }

        while (open.TryPop(out int last))
        {
            behind[last] = depths.Length;
        }

        return behind;
    }
}
