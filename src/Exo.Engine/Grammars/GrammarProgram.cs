namespace Exo.Engine.Grammars;

/// <summary>
/// A grammar as a network over bytes: each rule is a small automaton whose edges read a byte range, read nothing, or read another rule.
/// Every place in it leads to an end, and no rule begins with itself. Immutable once built.
/// </summary>
internal sealed class GrammarProgram
{
    private readonly int[] _firstEdge;
    private readonly Edge[] _edges;
    private readonly bool[] _ends;
    private readonly bool[] _tails;
    private readonly int[] _starts;
    private readonly int[] _depths;

    private GrammarProgram(int[] firstEdge, Edge[] edges, bool[] ends, int[] starts, int root, byte[] classes, int classCount)
    {
        (_firstEdge, _edges, _ends, _starts, Root) = (firstEdge, edges, ends, starts, root);
        _tails = [.. Enumerable.Range(0, ends.Length).Select(IsEndOnly)];
        (Classes, ClassCount) = (classes, classCount);
        _depths = GrammarDepths.Of(this, ends.Length);
    }

    public enum EdgeKind : byte
    {
        Bytes,
        Nothing,
        Rule,
    }

    public int Root { get; }

    /// <summary>Bytes that no edge tells apart have the same class. [256]</summary>
    public byte[] Classes { get; }

    public int ClassCount { get; }

    /// <exception cref="GrammarException">It is too large, begins with itself, or describes no text.</exception>
    public static GrammarProgram Build(GrammarRules rules, int root) => new GrammarCompiler(rules, root).Build();

    public static GrammarProgram Of(List<List<Edge>> nodes, List<bool> ends, int[] starts, int root)
    {
        int[] first = new int[nodes.Count + 1];
        for (int i = 0; i < nodes.Count; i++)
        {
            first[i + 1] = first[i] + nodes[i].Count;
        }

        Edge[] edges = [.. nodes.SelectMany(node => node)];
        bool[] begins = new bool[257];
        foreach (Edge edge in edges.Where(edge => edge.Kind == EdgeKind.Bytes))
        {
            begins[edge.First] = true;
            begins[edge.Last + 1] = true;
        }

        byte[] classes = new byte[256];
        int count = 0;
        for (int b = 1; b < 256; b++)
        {
            count += begins[b] ? 1 : 0;
            classes[b] = (byte)count;
        }

        return new GrammarProgram(first, edges, [.. ends], starts, root, classes, count + 1);
    }

    public int StartOf(int rule) => _starts[rule];

    public bool Ends(int node) => _ends[node];

    /// <summary>Whether nothing is left to read behind a node, so that nobody need come back to it.</summary>
    public bool IsTail(int node) => _tails[node];

    /// <summary>How many rules must be open at once, beside those that are, to end the rule of a node.</summary>
    public int DepthFrom(int node) => _depths[node];

    /// <summary>The same for one of its ways on.</summary>
    public int DepthThrough(Edge edge) => GrammarDepths.Through(this, edge, _depths);

    public ReadOnlySpan<Edge> EdgesOf(int node) => _edges.AsSpan(_firstEdge[node].._firstEdge[node + 1]);

    /// <summary>Follows a single way of edges that read nothing; a fork counts as something left, which costs a little and is never wrong.</summary>
    private bool IsEndOnly(int node)
    {
        while (EdgesOf(node) is [{ Kind: EdgeKind.Nothing } only] && !_ends[node] && only.Target != node)
        {
            node = only.Target;
        }

        return _ends[node] && EdgesOf(node).IsEmpty;
    }

    /// <summary>A way on.</summary>
    /// <param name="Kind">What it reads.</param>
    /// <param name="First">Bytes: the first that it reads.</param>
    /// <param name="Last">Bytes: the last that it reads.</param>
    /// <param name="Rule">Rule: its number.</param>
    /// <param name="Target">The node behind.</param>
    public readonly record struct Edge(EdgeKind Kind, byte First, byte Last, int Rule, int Target);
}
