using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>
/// A set of texts as an automaton that is never in two states: each state leads on by ranges of code points, rising and apart, and what is in none
/// of them leads out. State 0 is the first.
/// </summary>
internal sealed class TextAutomaton
{
    public const int MostStates = 20_000;

    private const int MostRounds = 100;

    private readonly State[] _states;

    private TextAutomaton(State[] states) => _states = states;

    /// <summary>All texts.</summary>
    public static TextAutomaton All { get; } = new([new State(true, [new Way(0, 0xD7FF, 0), new Way(0xE000, CodeSet.Last, 0)])]);

    public bool IsEmpty => !_states.Any(state => state.Ends);

    /// <summary>Makes the states that can be reached and that lead to an end, one for those that agree in all that follows.</summary>
    /// <param name="first">The first state.</param>
    /// <param name="ends">Whether a text may end in a state.</param>
    /// <param name="ways">The ways on from a state: rising ranges of code points that do not overlap.</param>
    /// <param name="rules">Counts the states of all automata of a grammar.</param>
    /// <returns>Null where more states are needed than the limit.</returns>
    public static TextAutomaton? Explore<TState>(TState first, Func<TState, bool> ends, Func<TState, IEnumerable<(int First, int Last, TState Target)>> ways, GrammarRules rules)
        where TState : notnull
    {
        Dictionary<TState, int> numbers = new() { [first] = 0 };
        List<TState> order = [first];
        List<State> states = [];
        for (int i = 0; i < order.Count; i++)
        {
            List<Way> on = [];
            foreach ((int from, int to, TState target) in ways(order[i]))
            {
                if (!numbers.TryGetValue(target, out int number))
                {
                    number = order.Count;
                    numbers.Add(target, number);
                    order.Add(target);
                }

                on.Add(new Way(from, to, number));
            }

            if (order.Count > MostStates || !rules.TryTakeState())
            {
                return null;
            }

            states.Add(new State(ends(order[i]), [.. on]));
        }

        return new TextAutomaton(Merged(WithoutDeadEnds(states)));
    }

    /// <summary>The texts of both, or of the first and not of the second; null above the limit of states.</summary>
    public static TextAutomaton? Combine(TextAutomaton a, TextAutomaton b, bool except, GrammarRules rules) => Explore(
        (A: 0, B: 0),
        at => a._states[at.A].Ends && (at.B >= 0 && b._states[at.B].Ends) != except,
        at => Together(a._states[at.A].Ways, at.B < 0 ? [] : b._states[at.B].Ways, except),
        rules);

    public bool Matches(string text)
    {
        int at = 0;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            int next = -1;
            foreach (Way way in _states[at].Ways)
            {
                next = rune.Value >= way.First && rune.Value <= way.Last ? way.Target : next;
            }

            if (next < 0)
            {
                return false;
            }

            at = next;
        }

        return _states[at].Ends;
    }

    /// <summary>The same texts as a pattern.</summary>
    /// <param name="spelled">How a set of code points is written.</param>
    public GrammarPattern ToPattern(Func<CodeSet, GrammarPattern> spelled) => IsEmpty
        ? GrammarPattern.Nothing
        : new GrammarPattern.Network(
        [
            .. _states.Select(state => new GrammarPattern.Place(
                state.Ends,
                [.. state.Ways.GroupBy(way => way.Target).Select(ways => (spelled(CodeSet.Of(ways.Select(way => (way.First, way.Last)))), ways.Key))])),
        ]);

    private static IEnumerable<(int, int, (int, int))> Together(ImmutableArray<Way> a, ImmutableArray<Way> b, bool except)
    {
        int j = 0;
        foreach (Way way in a)
        {
            int from = way.First;
            while (j < b.Length && b[j].Last < from)
            {
                j++;
            }

            for (int k = j; k < b.Length && b[k].First <= way.Last; k++)
            {
                if (except && b[k].First > from)
                {
                    yield return (from, b[k].First - 1, (way.Target, -1));
                }

                int last = Math.Min(way.Last, b[k].Last);
                yield return (Math.Max(from, b[k].First), last, (way.Target, b[k].Target));
                from = last + 1;
            }

            if (except && from <= way.Last)
            {
                yield return (from, way.Last, (way.Target, -1));
            }
        }
    }

    private static State[] WithoutDeadEnds(List<State> states)
    {
        List<int>[] back = [.. states.Select(_ => new List<int>())];
        for (int i = 0; i < states.Count; i++)
        {
            foreach (Way way in states[i].Ways)
            {
                back[way.Target].Add(i);
            }
        }

        bool[] alive = new bool[states.Count];
        Stack<int> work = new(Enumerable.Range(0, states.Count).Where(i => states[i].Ends));
        while (work.TryPop(out int state))
        {
            if (!alive[state])
            {
                alive[state] = true;
                back[state].ForEach(work.Push);
            }
        }

        // The first stays in any case; what is taken out cannot be reached any more.
        return [.. states.Select(state => state with { Ways = [.. state.Ways.Where(way => alive[way.Target])] })];
    }

    /// <summary>Splits classes of states until those of a class agree, as Moore does; a very long chain is left as it is.</summary>
    private static State[] Merged(State[] states)
    {
        int[] classes = [.. states.Select(state => state.Ends ? 1 : 0)];
        int count = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            Dictionary<Signature, int> known = [];
            int[] next = new int[states.Length];
            for (int i = 0; i < states.Length; i++)
            {
                Signature signature = new(classes[i], Ways(states[i].Ways, classes));
                if (!known.TryGetValue(signature, out next[i]))
                {
                    next[i] = known.Count;
                    known.Add(signature, next[i]);
                }
            }

            classes = next;
            if (known.Count == count)
            {
                State[] merged = new State[count];
                for (int i = states.Length - 1; i >= 0; i--)
                {
                    merged[classes[i]] = new State(states[i].Ends, [.. Ways(states[i].Ways, classes)]);
                }

                return merged;
            }

            count = known.Count;
        }

        return states;
    }

    /// <summary>Ways to classes, neighbours with the same one joined.</summary>
    private static List<Way> Ways(ImmutableArray<Way> ways, int[] classes)
    {
        List<Way> joined = [];
        foreach (Way way in ways)
        {
            int target = classes[way.Target];
            if (joined.Count > 0 && joined[^1].Target == target && joined[^1].Last + 1 == way.First)
            {
                joined[^1] = joined[^1] with { Last = way.Last };
            }
            else
            {
                joined.Add(way with { Target = target });
            }
        }

        return joined;
    }

    private readonly record struct Way(int First, int Last, int Target);

    private readonly record struct State(bool Ends, ImmutableArray<Way> Ways);

    private sealed class Signature(int kind, List<Way> ways) : IEquatable<Signature>
    {
        private readonly List<Way> _ways = ways;
        private readonly int _kind = kind;

        public bool Equals(Signature? other) => other is not null && _kind == other._kind && _ways.SequenceEqual(other._ways);

        public override bool Equals(object? obj) => Equals(obj as Signature);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(_kind);
            _ways.ForEach(way => hash.Add(way));
            return hash.ToHashCode();
        }
    }
}
