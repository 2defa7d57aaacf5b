namespace Exo.Engine.Grammars;

/// <summary>What a text that has been read so far leaves possible. Immutable to its users; states of equal texts may be the same object. Any thread may step.</summary>
public sealed class GrammarState
{
    private readonly GrammarAutomaton _automaton;
    private readonly GrammarState?[] _next;

    internal GrammarState(GrammarAutomaton automaton, (int Node, GrammarStack? Stack)[] places, bool isComplete, int classes)
    {
        (_automaton, Places, IsComplete) = (automaton, places, isComplete);
        _next = places.Length == 0 ? [] : new GrammarState?[classes];
    }

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether no byte can follow.</summary>
    public bool IsEnd => Places.Length == 0;

    /// <summary>Whether no text of the grammar begins like this.</summary>
    public bool IsDead => IsEnd && !IsComplete;

    /// <summary>Nodes with edges that read bytes, sorted.</summary>
    internal (int Node, GrammarStack? Stack)[] Places { get; }

    /// <summary>The state behind one more byte; dead where it cannot follow.</summary>
    /// <param name="value">A byte of UTF-8.</param>
    /// <exception cref="GrammarException">The grammar is so ambiguous here that its states exceed the limit.</exception>
    public GrammarState Step(byte value)
    {
        if (_next.Length == 0)
        {
            return _automaton.Dead;
        }

        ref GrammarState? next = ref _next[_automaton.ClassOf(value)];
        return next ??= _automaton.Step(this, value);
    }
}
