using System.Runtime.InteropServices;

namespace Exo.Engine.Tokens;

/// <summary>
/// Joins neighbouring symbols, the best pair first and of equals the leftmost, until no pair is left. A heap and a linked list: the time is
/// n log n also for a text that is one long word.
/// </summary>
internal sealed class SymbolMerger
{
    private readonly List<Symbol> _symbols = [];
    private readonly PriorityQueue<Pair, (double Rank, int Left)> _queue = new();

    /// <summary>Tells what two neighbours make; a smaller rank goes first.</summary>
    public delegate bool Rule(in Symbol left, in Symbol right, out int id, out double rank);

    public List<Symbol> Symbols => _symbols;

    public void Clear()
    {
        _symbols.Clear();
        _queue.Clear();
    }

    /// <summary>Adds a symbol on the right: its id (-1 for none) and place in the text.</summary>
    public void Add(int id, int start, int length)
    {
        int at = _symbols.Count;
        _symbols.Add(new Symbol { Id = id, Start = start, Length = length, Previous = at - 1, Next = at + 1 });
    }

    public void Run(Rule rule)
    {
        Span<Symbol> symbols = CollectionsMarshal.AsSpan(_symbols);
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            Offer(symbols, i, i + 1, rule);
        }

        while (_queue.TryDequeue(out Pair pair, out _))
        {
            ref Symbol left = ref symbols[pair.Left];
            ref Symbol right = ref symbols[pair.Right];
            // Either side may have been joined to something else since the pair was offered.
            if (left.Length + right.Length != pair.Length || left.Length == 0 || right.Length == 0)
            {
                continue;
            }

            left.Id = pair.Id;
            left.Length = pair.Length;
            right.Length = 0;
            left.Next = right.Next;
            if (right.Next < symbols.Length)
            {
                symbols[right.Next].Previous = pair.Left;
                Offer(symbols, pair.Left, right.Next, rule);
            }

            if (left.Previous >= 0)
            {
                Offer(symbols, left.Previous, pair.Left, rule);
            }
        }
    }

    private void Offer(Span<Symbol> symbols, int left, int right, Rule rule)
    {
        if (rule(symbols[left], symbols[right], out int id, out double rank))
        {
            _queue.Enqueue(new Pair(left, right, symbols[left].Length + symbols[right].Length, id), (rank, left));
        }
    }

    /// <summary>A piece of the text; length 0 after it was joined to its left neighbour.</summary>
    internal struct Symbol
    {
        public int Id;
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
    }

    private readonly record struct Pair(int Left, int Right, int Length, int Id);
}
