using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>What two neighbouring tokens make, and how early.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<long, (int Rank, int Id)> _merges;

    /// <summary>The merges of a vocabulary.</summary>
    /// <param name="merges">The pairs, the first first.</param>
    /// <param name="ids">The id of each token.</param>
    /// <param name="inside">What tokens within a word begin with; the right one of a pair loses it.</param>
    public MergeTable((string Left, string Right)[] merges, Dictionary<string, int> ids, string inside = "")
    {
        _merges = new Dictionary<long, (int, int)>(merges.Length);
        var joined = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int rank = 0; rank < merges.Length; rank++)
        {
            (string left, string right) = merges[rank];
            // A merge that names no token can never apply.
            if (ids.TryGetValue(left, out int first) && ids.TryGetValue(right, out int second) && joined.TryGetValue(Vocabulary.Joined(left, right, inside), out int id))
            {
                _merges.TryAdd(Key(first, second), (rank, id));
            }
        }
    }

    public bool TryJoin(in SymbolMerger.Symbol left, in SymbolMerger.Symbol right, out int id, out double rank)
    {
        bool found = _merges.TryGetValue(Key(left.Id, right.Id), out (int Rank, int Id) merge);
        (id, rank) = (merge.Id, merge.Rank);
        return found && left.Id >= 0 && right.Id >= 0;
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
