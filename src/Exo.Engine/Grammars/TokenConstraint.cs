using Exo.Engine.Tokens;

namespace Exo.Engine.Grammars;

/// <summary>
/// A grammar over one vocabulary: which tokens may come next. A token that ends inside of a character may come if its bytes can be completed;
/// the ids that end an answer may come exactly when the text is complete. Keeps the masks of the states met last. Thread-safe.
/// </summary>
public sealed class TokenConstraint
{
    private const int MostMasks = 256;

    private readonly Tokenizer _tokenizer;
    private readonly VocabularyTrie _trie;
    private readonly Lock _gate = new();
    private readonly Dictionary<GrammarState, LinkedListNode<(GrammarState State, ulong[] Mask)>> _masks = [];
    private readonly LinkedList<(GrammarState State, ulong[] Mask)> _used = new();

    internal TokenConstraint(Grammar grammar, Tokenizer tokenizer, VocabularyTrie trie)
    {
        Grammar = grammar;
        (_tokenizer, _trie) = (tokenizer, trie);
    }

    /// <summary>A grammar over a vocabulary; takes time for the vocabulary, so use a <see cref="GrammarCache"/> for many.</summary>
    /// <param name="grammar">What an output must be.</param>
    /// <param name="tokenizer">The model's.</param>
    public TokenConstraint(Grammar grammar, Tokenizer tokenizer)
        : this(grammar, tokenizer, new VocabularyTrie(tokenizer))
    {
    }

    /// <summary>What an output must be.</summary>
    public Grammar Grammar { get; }

    /// <summary>The tokens that may come next.</summary>
    /// <param name="state">What was read so far.</param>
    /// <returns>A bit for each id, the lowest first; not to be written to. [(vocabulary + 63) / 64]</returns>
    /// <exception cref="GrammarException">The grammar is too ambiguous here.</exception>
    public ReadOnlySpan<ulong> Mask(GrammarState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        lock (_gate)
        {
            if (_masks.TryGetValue(state, out LinkedListNode<(GrammarState State, ulong[] Mask)>? known))
            {
                _used.Remove(known);
                _used.AddLast(known);
                return known.Value.Mask;
            }
        }

        ulong[] mask = new ulong[(_trie.Size + 63) / 64];
        _trie.Mark(state, mask);
        if (state.IsComplete)
        {
            foreach (int id in _tokenizer.EndOfGenerationIds)
            {
                mask[id >> 6] |= 1UL << (id & 63);
            }
        }

        lock (_gate)
        {
            if (_masks.TryAdd(state, _used.AddLast((state, mask))) && _masks.Count > MostMasks)
            {
                _masks.Remove(_used.First!.Value.State);
                _used.RemoveFirst();
            }
        }

        return mask;
    }

    /// <summary>The state behind one more token; dead for a token that the mask does not hold.</summary>
    /// <param name="state">What was read so far.</param>
    /// <param name="id">Token id. One that ends the answer leaves a complete state as it is.</param>
    public GrammarState Advance(GrammarState state, int id)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (_tokenizer.EndOfGenerationIds.Contains(id) && state.IsComplete)
        {
            return state;
        }

        List<byte> bytes = [];
        _tokenizer.AppendBytes(id, showSpecial: false, bytes);
        if (bytes.Count == 0)
        {
            return Grammar.Dead;
        }

        foreach (byte value in bytes)
        {
            state = state.Step(value);
        }

        return state;
    }
}
