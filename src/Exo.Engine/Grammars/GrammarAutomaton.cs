using System.Runtime.CompilerServices;
using static Exo.Engine.Grammars.GrammarProgram;

namespace Exo.Engine.Grammars;

/// <summary>
/// Walks a network as a set of places at once and keeps the sets that it met, so that a set is worked out once. When too many are kept a new
/// generation begins and the old one goes with its last user: memory is bounded, and nothing that is in use becomes invalid.
/// </summary>
internal sealed class GrammarAutomaton
{
    private const int MostStates = 8192;
    private const int MostPlaces = 20_000;
    /// <summary>Rules that may be open at once.</summary>
    public const int DeepestStack = 1024;

    /// <summary>All states together; some dozens of bytes each.</summary>
    private const int MostKeptPlaces = 1_000_000;

    private readonly GrammarProgram _program;
    private readonly Lock _gate = new();
    private readonly HashSet<GrammarState> _states = new(new SamePlaces());
    private readonly Dictionary<(GrammarStack?, int), GrammarStack> _stacks = [];
    private readonly HashSet<(int Node, GrammarStack? Stack)> _visited = [];
    private readonly Stack<(int Node, GrammarStack? Stack)> _work = new();
    private readonly List<(int Node, GrammarStack? Stack)> _places = [];
    private GrammarState? _start;
    private long _keptPlaces;
    private int _generation;
    private long _lastId;

    public GrammarAutomaton(GrammarProgram program)
    {
        _program = program;
        Dead = new GrammarState(this, [], isComplete: false, 0);
    }

    public GrammarState Dead { get; }

    /// <summary>The state before the first byte.</summary>
    public GrammarState Start
    {
        get
        {
            lock (_gate)
            {
                if (_start is null)
                {
                    _work.Push((_program.StartOf(_program.Root), null));
                    _start = Close();
                }

                return _start;
            }
        }
    }

    public int ClassOf(byte value) => _program.Classes[value];

    public GrammarState Step(GrammarState from, byte value)
    {
        lock (_gate)
        {
            foreach ((int node, GrammarStack? stack) in from.Places)
            {
                foreach (Edge edge in _program.EdgesOf(node))
                {
                    if (edge.Kind == EdgeKind.Bytes && value >= edge.First && value <= edge.Last)
                    {
                        _work.Push((edge.Target, Adopt(stack)));
                    }
                }
            }

            return Close();
        }
    }

    /// <summary>Follows all edges that read nothing from the places in work, and gives the state of what is reached.</summary>
    private GrammarState Close()
    {
        bool complete = false;
        while (_work.TryPop(out (int Node, GrammarStack? Stack) place))
        {
            // A place whose rule cannot be ended within the depth would be a dead end.
            if (_program.DepthFrom(place.Node) > DeepestStack - (place.Stack?.Depth ?? 0) || !_visited.Add(place))
            {
                continue;
            }

            if (_visited.Count > MostPlaces)
            {
                Clear();
                throw new GrammarException($"The grammar can be read in more than {MostPlaces} ways at once: make its alternatives begin differently.");
            }

            if (_program.Ends(place.Node))
            {
                if (place.Stack is null)
                {
                    complete = true;
                }
                else
                {
                    _work.Push((place.Stack.Node, place.Stack.Parent));
                }
            }

            if (Follow(place))
            {
                _places.Add(place);
            }
        }

        GrammarState state = Known(complete);
        Clear();
        return state;
    }

    /// <summary>True if the place has edges that read bytes.</summary>
    private bool Follow((int Node, GrammarStack? Stack) place)
    {
        bool reads = false;
        foreach (Edge edge in _program.EdgesOf(place.Node))
        {
            switch (edge.Kind)
            {
                case EdgeKind.Bytes:
                    reads = true;
                    break;
                case EdgeKind.Nothing:
                    _work.Push((edge.Target, place.Stack));
                    break;
                default:
                    if (_program.IsTail(edge.Target))
                    {
                        _work.Push((_program.StartOf(edge.Rule), place.Stack));
                    }
                    else if (_program.DepthThrough(edge) <= DeepestStack - (place.Stack?.Depth ?? 0))
                    {
                        _work.Push((_program.StartOf(edge.Rule), Push(place.Stack, edge.Target)));
                    }

                    break;
            }
        }

        return reads;
    }

    private GrammarState Known(bool complete)
    {
        if (_places.Count == 0 && !complete)
        {
            return Dead;
        }

        _places.Sort(static (a, b) => a.Node != b.Node ? a.Node.CompareTo(b.Node) : (a.Stack?.Id ?? 0).CompareTo(b.Stack?.Id ?? 0));
        GrammarState state = new(this, [.. _places], complete, _program.ClassCount);
        if (_states.TryGetValue(state, out GrammarState? known))
        {
            return known;
        }

        if (_states.Count >= MostStates || _keptPlaces >= MostKeptPlaces)
        {
            _states.Clear();
            _stacks.Clear();
            _start = null;
            _keptPlaces = 0;
            _generation++;
        }
        else
        {
            _states.Add(state);
            _keptPlaces += _places.Count;
        }

        return state;
    }

    private void Clear()
    {
        _work.Clear();
        _visited.Clear();
        _places.Clear();
    }

    private GrammarStack Push(GrammarStack? parent, int node)
    {
        if (!_stacks.TryGetValue((parent, node), out GrammarStack? stack))
        {
            stack = new GrammarStack(node, parent, _generation, ++_lastId);
            _stacks.Add((parent, node), stack);
        }

        return stack;
    }

    /// <summary>The same stack in the present generation.</summary>
    private GrammarStack? Adopt(GrammarStack? stack) =>
        stack is null || stack.Generation == _generation ? stack : Push(Adopt(stack.Parent), stack.Node);

    private sealed class SamePlaces : IEqualityComparer<GrammarState>
    {
        public bool Equals(GrammarState? x, GrammarState? y) => x!.IsComplete == y!.IsComplete && x.Places.AsSpan().SequenceEqual(y.Places);

        public int GetHashCode(GrammarState state)
        {
            HashCode hash = default;
            hash.Add(state.IsComplete);
            foreach ((int node, GrammarStack? stack) in state.Places)
            {
                hash.Add(node);
                hash.Add(RuntimeHelpers.GetHashCode(stack));
            }

            return hash.ToHashCode();
        }
    }
}
