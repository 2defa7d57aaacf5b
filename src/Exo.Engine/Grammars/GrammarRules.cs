namespace Exo.Engine.Grammars;

/// <summary>The rules of a grammar while it is read. A rule may be named before it is known.</summary>
internal sealed class GrammarRules
{
    private const int MostStates = 100_000;

    private readonly List<(string Name, GrammarPattern? Pattern)> _rules = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    private int _states;

    public int Count => _rules.Count;

    /// <summary>The number of a rule; a new one where the name is new.</summary>
    public int Number(string name)
    {
        if (!_names.TryGetValue(name, out int index))
        {
            index = _rules.Count;
            _names.Add(name, index);
            _rules.Add((name, null));
        }

        return index;
    }

    public bool IsDefined(string name) => _names.TryGetValue(name, out int index) && _rules[index].Pattern is not null;

    public void Define(int index, GrammarPattern pattern) => _rules[index] = (_rules[index].Name, pattern);

    /// <summary>Counts a state of an automaton; false above the limit for all of them together.</summary>
    public bool TryTakeState() => ++_states <= MostStates;

    /// <summary>Counts work as so many states.</summary>
    public void TakeStates(int count) => _states += count;

    public string NameOf(int index) => _rules[index].Name;

    public GrammarPattern? PatternOf(int index) => _rules[index].Pattern;

    /// <summary>The rule of a name, made the first time that it is asked for.</summary>
    public GrammarPattern Shared(string name, Func<GrammarPattern> make)
    {
        bool known = _names.ContainsKey(name);
        int index = Number(name);
        if (!known)
        {
            Define(index, make());
        }

        return new GrammarPattern.Rule(index);
    }
}
