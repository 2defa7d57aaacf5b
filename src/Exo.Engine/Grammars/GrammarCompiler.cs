using System.Collections.Immutable;
using System.Globalization;
using static Exo.Engine.Grammars.GrammarProgram;

namespace Exo.Engine.Grammars;

/// <summary>Turns patterns into the network, and checks that it can be walked.</summary>
internal sealed class GrammarCompiler(GrammarRules rules, int root)
{
    /// <summary>About 100 MB while it is built.</summary>
    private const int MostNodes = 1_000_000;

    /// <summary>A repeated pattern larger than this becomes a rule, so that a repetition costs one node.</summary>
    private const int LargestCopy = 12;

    private const int Deepest = 512;

    private readonly List<List<Edge>> _nodes = [];
    private readonly List<bool> _ends = [];
    private readonly List<GrammarPattern> _patterns = [];
    private readonly List<int> _starts = [];
    private readonly Dictionary<CodeSet, int> _sets = [];
    private readonly Dictionary<int, CodeSet> _setRules = [];
    private int _depth;

    public GrammarProgram Build()
    {
        for (int i = 0; i < rules.Count; i++)
        {
            _patterns.Add(rules.PatternOf(i) ?? throw new GrammarException($"The rule {rules.NameOf(i)} is used and not defined: define it, or mend its name."));
        }

        for (int i = 0; i < _patterns.Count; i++)
        {
            int start = Node();
            _starts.Add(start);
            int end = _setRules.TryGetValue(i, out CodeSet? set) ? CompileBytes(set, start) : Compile(_patterns[i], start);
            _ends[end] = true;
        }

        RefuseLeftRecursion(Reach(bytes: false));
        Prune(Reach(bytes: true));
        GrammarProgram program = Of(_nodes, _ends, [.. _starts], root);
        return program.DepthFrom(program.StartOf(root)) <= GrammarAutomaton.DeepestStack
            ? program
            : throw new GrammarException($"Even the simplest text of this needs more than {GrammarAutomaton.DeepestStack} rules inside of each other: make it flatter.");
    }

    private int Node()
    {
        if (_nodes.Count == MostNodes)
        {
            throw new GrammarException($"The grammar needs more than {MostNodes.ToString(CultureInfo.InvariantCulture)} states: make its repetitions or lists shorter.");
        }

        _nodes.Add([]);
        _ends.Add(false);
        return _nodes.Count - 1;
    }

    /// <summary>Adds a pattern behind a node; gives the node behind the pattern.</summary>
    private int Compile(GrammarPattern pattern, int from)
    {
        if (++_depth > Deepest)
        {
            throw new GrammarException($"The grammar is nested deeper than {Deepest} levels: make it flatter.");
        }

        int end = pattern switch
        {
            GrammarPattern.Chars chars => CompileChars(chars.Set, from),
            GrammarPattern.Sequence sequence => sequence.Parts.Aggregate(from, (at, part) => Compile(part, at)),
            GrammarPattern.Choice choice => CompileChoice(choice, from),
            GrammarPattern.Repeat repeat => CompileRepeat(repeat, from),
            GrammarPattern.Rule rule => CompileRule(rule.Index, from),
            GrammarPattern.Network network => CompileNetwork(network.Places, from),
            _ => throw new GrammarException($"A {pattern.GetType().Name} cannot be compiled."),
        };
        _depth--;
        return end;
    }

    private int CompileChars(CodeSet set, int from)
    {
        if (set.Ranges is [var (first, last)] && last < 0x80)
        {
            int end = Node();
            _nodes[from].Add(new Edge(EdgeKind.Bytes, (byte)first, (byte)last, 0, end));
            return end;
        }

        // A set beyond ASCII has many paths; it is built once.
        if (!_sets.TryGetValue(set, out int rule))
        {
            rule = _patterns.Count;
            _patterns.Add(GrammarPattern.Empty);
            _sets.Add(set, rule);
            _setRules.Add(rule, set);
        }

        int behind = Node();
        _nodes[from].Add(new Edge(EdgeKind.Rule, 0, 0, rule, behind));
        return behind;
    }

    private int CompileBytes(CodeSet set, int from)
    {
        int end = Node();
        foreach ((byte First, byte Last)[] sequence in Utf8Ranges.Of(set))
        {
            int at = from;
            for (int i = 0; i < sequence.Length; i++)
            {
                int next = i + 1 == sequence.Length ? end : Node();
                _nodes[at].Add(new Edge(EdgeKind.Bytes, sequence[i].First, sequence[i].Last, 0, next));
                at = next;
            }
        }

        return end;
    }

    private int CompileChoice(GrammarPattern.Choice choice, int from)
    {
        int end = Node();
        foreach (GrammarPattern option in choice.Options)
        {
            int start = Node();
            Skip(from, start);
            Skip(Compile(option, start), end);
        }

        return end;
    }

    private int CompileRepeat(GrammarPattern.Repeat repeat, int from)
    {
        GrammarPattern part = repeat.Part;
        if (Math.Max(repeat.Least, repeat.Most ?? 0) > 1 && Size(part) > LargestCopy)
        {
            _patterns.Add(part);
            part = new GrammarPattern.Rule(_patterns.Count - 1);
        }

        int at = from;
        for (int i = 0; i < repeat.Least; i++)
        {
            at = Compile(part, at);
        }

        if (repeat.Most is null)
        {
            int loop = Node();
            Skip(at, loop);
            Skip(Compile(part, loop), loop);
            int behind = Node();
            Skip(loop, behind);
            return behind;
        }

        int end = Node();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            Skip(at, end);
            at = Compile(part, at);
        }

        Skip(at, end);
        return end;
    }

    private int CompileRule(int rule, int from)
    {
        int behind = Node();
        _nodes[from].Add(new Edge(EdgeKind.Rule, 0, 0, rule, behind));
        return behind;
    }

    private int CompileNetwork(ImmutableArray<GrammarPattern.Place> places, int from)
    {
        int[] nodes = [.. places.Select(_ => Node())];
        int end = Node();
        Skip(from, nodes[0]);
        for (int i = 0; i < nodes.Length; i++)
        {
            foreach ((GrammarPattern read, int target) in places[i].Ways)
            {
                Skip(Compile(read, nodes[i]), nodes[target]);
            }

            if (places[i].Ends)
            {
                Skip(nodes[i], end);
            }
        }

        return end;
    }

    private void Skip(int from, int to) => _nodes[from].Add(new Edge(EdgeKind.Nothing, 0, 0, 0, to));

    /// <summary>For each node whether its rule's end can be reached from it; without bytes: whether nothing need be read for that.</summary>
    private bool[] Reach(bool bytes)
    {
        List<(int From, int Rule)>[] back = new List<(int, int)>[_nodes.Count];
        for (int node = 0; node < _nodes.Count; node++)
        {
            foreach (Edge edge in _nodes[node])
            {
                if (bytes || edge.Kind != EdgeKind.Bytes)
                {
                    (back[edge.Target] ??= []).Add((node, edge.Kind == EdgeKind.Rule ? edge.Rule : -1));
                }
            }
        }

        bool[] reached = new bool[_nodes.Count];
        List<int>?[] waiting = new List<int>?[_patterns.Count];
        Dictionary<int, int> ruleOfStart = _starts.Select((start, rule) => (start, rule)).ToDictionary(pair => pair.start, pair => pair.rule);
        Stack<int> work = new(Enumerable.Range(0, _nodes.Count).Where(node => _ends[node]));
        while (work.TryPop(out int node))
        {
            if (reached[node])
            {
                continue;
            }

            reached[node] = true;
            foreach ((int from, int rule) in back[node] ?? [])
            {
                if (rule < 0 || reached[_starts[rule]])
                {
                    work.Push(from);
                }
                else
                {
                    (waiting[rule] ??= []).Add(from);
                }
            }

            if (ruleOfStart.TryGetValue(node, out int begun))
            {
                waiting[begun]?.ForEach(work.Push);
            }
        }

        return reached;
    }

    /// <summary>A rule that begins with itself could be entered for ever without reading a byte.</summary>
    private void RefuseLeftRecursion(bool[] nullable)
    {
        byte[] seen = new byte[_patterns.Count];
        for (int rule = 0; rule < seen.Length; rule++)
        {
            Stack<(int Rule, IEnumerator<int> Called)> path = new();
            Enter(rule, path, seen, nullable);
            while (path.TryPeek(out (int Rule, IEnumerator<int> Called) top))
            {
                if (top.Called.MoveNext())
                {
                    Enter(top.Called.Current, path, seen, nullable);
                }
                else
                {
                    seen[top.Rule] = 2;
                    path.Pop();
                }
            }
        }
    }

    private void Enter(int rule, Stack<(int Rule, IEnumerator<int> Called)> path, byte[] seen, bool[] nullable)
    {
        if (seen[rule] == 1)
        {
            int named = path.Select(entry => entry.Rule).Prepend(rule).FirstOrDefault(candidate => candidate < rules.Count, rule);
            throw new GrammarException($"The rule {(named < rules.Count ? rules.NameOf(named) : "of a group")} begins with itself (left recursion): put what it repeats behind what it begins with, as item (\",\" item)*.");
        }

        if (seen[rule] == 0)
        {
            seen[rule] = 1;
            path.Push((rule, Called(rule, nullable).GetEnumerator()));
        }
    }

    /// <summary>The rules that may be entered before a byte is read.</summary>
    private HashSet<int> Called(int rule, bool[] nullable)
    {
        HashSet<int> called = [];
        HashSet<int> visited = [];
        Stack<int> work = new([_starts[rule]]);
        while (work.TryPop(out int node))
        {
            if (!visited.Add(node))
            {
                continue;
            }

            foreach (Edge edge in _nodes[node])
            {
                if (edge.Kind == EdgeKind.Rule)
                {
                    called.Add(edge.Rule);
                }

                if (edge.Kind == EdgeKind.Nothing || (edge.Kind == EdgeKind.Rule && nullable[_starts[edge.Rule]]))
                {
                    work.Push(edge.Target);
                }
            }
        }

        return called;
    }

    /// <summary>Takes out what leads nowhere, so that a text that was begun can always be ended.</summary>
    private void Prune(bool[] reached)
    {
        if (!reached[_starts[root]])
        {
            throw new GrammarException("No text can satisfy this: it asks for values that exclude each other, or for a rule that never ends.");
        }

        foreach (List<Edge> node in _nodes)
        {
            node.RemoveAll(edge => !reached[edge.Target] || (edge.Kind == EdgeKind.Rule && !reached[_starts[edge.Rule]]));
        }
    }

    private static long Size(GrammarPattern pattern) => pattern switch
    {
        GrammarPattern.Sequence sequence => 1 + sequence.Parts.Sum(Size),
        GrammarPattern.Choice choice => 1 + choice.Options.Sum(option => 1 + Size(option)),
        GrammarPattern.Network network => network.Places.Length * 4L,
        GrammarPattern.Repeat repeat => Math.Min(MostNodes, 2 + (Size(repeat.Part) * Math.Max(1, Math.Max(repeat.Least, repeat.Most ?? 0)))),
        _ => 1,
    };
}
