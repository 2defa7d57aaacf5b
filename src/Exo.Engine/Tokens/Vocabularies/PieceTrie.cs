namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>A tree of pieces of text, for finding all that begin at a place. One table of edges instead of a table per node: vocabularies are large.</summary>
internal sealed class PieceTrie
{
    private readonly Dictionary<(int Node, char Letter), int> _edges = [];
    private readonly List<int> _ids = [-1];

    /// <summary>A tree of some of a vocabulary's tokens.</summary>
    public static PieceTrie Of(IEnumerable<int> ids, IReadOnlyList<string> tokens)
    {
        PieceTrie trie = new();
        foreach (int id in ids.Where(id => tokens[id].Length > 0))
        {
            trie.Add(tokens[id], id);
        }

        return trie;
    }

    public void Add(string piece, int id)
    {
        int node = 0;
        foreach (char letter in piece)
        {
            if (!_edges.TryGetValue((node, letter), out int next))
            {
                next = _ids.Count;
                _ids.Add(-1);
                _edges.Add((node, letter), next);
            }

            node = next;
        }

        if (_ids[node] < 0)
        {
            _ids[node] = id;
        }
    }

    /// <summary>The node after a letter; -1 if no piece goes on so. 0 is the root.</summary>
    public int Next(int node, char letter) => _edges.GetValueOrDefault((node, letter), -1);

    /// <summary>The piece that ends at a node; -1 for none.</summary>
    public int IdAt(int node) => _ids[node];

    /// <summary>The longest piece at a place of a text; an id of -1 for none.</summary>
    public (int Length, int Id) Longest(string text, int at)
    {
        (int Length, int Id) best = (0, -1);
        int node = 0;
        for (int end = at; end < text.Length && (node = Next(node, text[end])) >= 0; end++)
        {
            best = _ids[node] >= 0 ? (end + 1 - at, _ids[node]) : best;
        }

        return best;
    }
}
