using System.Runtime.CompilerServices;
using Exo.Engine.Tokens;

namespace Exo.Engine.Grammars;

/// <summary>Keeps the constraints used last, so that a schema that comes with every request is compiled once. Thread-safe.</summary>
/// <param name="capacity">Constraints that are kept, at least 1; each may hold some megabytes.</param>
public sealed class GrammarCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Key, Tokenizer Tokenizer), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _used = new();
    private readonly ConditionalWeakTable<Tokenizer, VocabularyTrie> _tries = [];

    /// <summary>Constraints in the cache.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The constraint of a grammar over a vocabulary, compiled where it is not known.</summary>
    /// <param name="key">Kind and source of the grammar.</param>
    /// <param name="tokenizer">The model's; the same object for the same model.</param>
    /// <param name="compile">Makes the grammar.</param>
    /// <exception cref="GrammarException">It cannot be compiled; it is not kept then.</exception>
    public TokenConstraint Get(string key, Tokenizer tokenizer, Func<Grammar> compile)
    {
        ArgumentNullException.ThrowIfNull(compile);
        lock (_gate)
        {
            if (_entries.TryGetValue((key, tokenizer), out LinkedListNode<Entry>? known))
            {
                _used.Remove(known);
                _used.AddLast(known);
                return known.Value.Constraint;
            }
        }

        // Two callers may compile the same at once; one result is kept, both are right.
        TokenConstraint made = new(compile(), tokenizer, _tries.GetValue(tokenizer, static key => new VocabularyTrie(key)));
        lock (_gate)
        {
            LinkedListNode<Entry> node = new(new Entry((key, tokenizer), made));
            if (_entries.TryAdd((key, tokenizer), node))
            {
                _used.AddLast(node);
            }

            while (_entries.Count > Math.Max(1, capacity))
            {
                _entries.Remove(_used.First!.Value.Key);
                _used.RemoveFirst();
            }
        }

        return made;
    }

    private sealed record Entry((string Key, Tokenizer Tokenizer) Key, TokenConstraint Constraint);
}
