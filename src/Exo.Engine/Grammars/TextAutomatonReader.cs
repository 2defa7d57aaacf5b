namespace Exo.Engine.Grammars;

/// <summary>Makes an automaton of a pattern of characters: first a network whose edges may read nothing, then the sets of its nodes.</summary>
internal sealed class TextAutomatonReader
{
    private const int MostNodes = 4000;
    private const int MostRanges = 2000;

    /// <summary>Comparisons that count as a state.</summary>
    private const int Work = 1000;

    private readonly List<List<(CodeSet? Read, int Target)>> _nodes = [];

    private readonly GrammarRules _rules;

    private TextAutomatonReader(GrammarRules rules) => _rules = rules;

    /// <summary>The texts of a pattern; null where they need too many states.</summary>
    /// <param name="pattern">A pattern without rules.</param>
    /// <param name="rules">Counts the states.</param>
    public static TextAutomaton? Read(GrammarPattern pattern, GrammarRules rules)
    {
        TextAutomatonReader reader = new(rules);
        if (reader.Add(pattern, reader.Node()) is not { } end || reader._nodes.Sum(edges => edges.Sum(edge => edge.Read?.Ranges.Length ?? 0)) > MostRanges)
        {
            return null;
        }

        return TextAutomaton.Explore(reader.Closed([0]), nodes => nodes.Nodes.AsSpan().Contains(end), reader.Ways, rules);
    }

    private int Node()
    {
        _nodes.Add([]);
        return _nodes.Count - 1;
    }

    /// <summary>Adds a pattern behind a node; gives the node behind it, or null above the limit.</summary>
    private int? Add(GrammarPattern pattern, int from)
    {
        if (_nodes.Count > MostNodes)
        {
            return null;
        }

        switch (pattern)
        {
            case GrammarPattern.Chars chars:
                int behind = Node();
                _nodes[from].Add((chars.Set, behind));
                return behind;
            case GrammarPattern.Sequence sequence:
                int? at = from;
                foreach (GrammarPattern part in sequence.Parts)
                {
                    at = at is null ? null : Add(part, at.Value);
                }

                return at;
            case GrammarPattern.Choice choice:
                int end = Node();
                return choice.Options.All(option => Join(Add(option, Branch(from)), end)) ? end : null;
            case GrammarPattern.Repeat repeat:
                return Repeat(repeat, from);
            default:
                return null;
        }
    }

    private int? Repeat(GrammarPattern.Repeat repeat, int from)
    {
        int? at = from;
        for (int i = 0; i < repeat.Least && at is not null; i++)
        {
            at = Add(repeat.Part, at.Value);
        }

        if (at is null)
        {
            return null;
        }

        int end = Node();
        if (repeat.Most is null)
        {
            int loop = Branch(at.Value);
            _nodes[loop].Add((null, end));
            return Join(Add(repeat.Part, loop), loop) ? end : null;
        }

        for (int i = repeat.Least; i < repeat.Most && at is not null; i++)
        {
            _nodes[at.Value].Add((null, end));
            at = Add(repeat.Part, at.Value);
        }

        return Join(at, end) ? end : null;
    }

    private int Branch(int from)
    {
        int node = Node();
        _nodes[from].Add((null, node));
        return node;
    }

    private bool Join(int? from, int to)
    {
        if (from is null)
        {
            return false;
        }

        _nodes[from.Value].Add((null, to));
        return true;
    }

    private IEnumerable<(int First, int Last, NodeSet Target)> Ways(NodeSet at)
    {
        List<(int First, int Last, int Target)> reads = [.. at.Nodes
            .SelectMany(node => _nodes[node])
            .Where(edge => edge.Read is not null)
            .SelectMany(edge => edge.Read!.Ranges.Select(range => (range.First, range.Last, edge.Target)))];
        int[] cuts = [.. reads.SelectMany(read => new[] { read.First, read.Last + 1 }).Distinct().Order()];
        _rules.TakeStates((at.Nodes.Length + (reads.Count * cuts.Length)) / Work);
        for (int i = 0; i + 1 < cuts.Length; i++)
        {
            int[] targets = [.. reads.Where(read => read.First <= cuts[i] && read.Last >= cuts[i]).Select(read => read.Target).Distinct()];
            if (targets.Length > 0)
            {
                yield return (cuts[i], cuts[i + 1] - 1, Closed(targets));
            }
        }
    }

    /// <summary>What is reached from some nodes without reading.</summary>
    private NodeSet Closed(IEnumerable<int> nodes)
    {
        HashSet<int> reached = [];
        Stack<int> work = new(nodes);
        while (work.TryPop(out int node))
        {
            if (reached.Add(node))
            {
                foreach ((CodeSet? read, int target) in _nodes[node])
                {
                    if (read is null)
                    {
                        work.Push(target);
                    }
                }
            }
        }

        return new NodeSet([.. reached.Order()]);
    }

    private sealed class NodeSet(int[] nodes) : IEquatable<NodeSet>
    {
        public int[] Nodes { get; } = nodes;

        public bool Equals(NodeSet? other) => other is not null && Nodes.AsSpan().SequenceEqual(other.Nodes);

        public override bool Equals(object? obj) => Equals(obj as NodeSet);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Nodes.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
