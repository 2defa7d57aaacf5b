using System.Text;

namespace Exo.Engine.Tokens;

/// <summary>
/// Byte-level byte-pair encoding (Sennrich et al., 2016; Radford et al., 2019): text is cut into words by the family's pattern, the bytes of
/// each word are joined in the order in which the merges were learned.
/// </summary>
internal sealed class BytePairTokenizer : Tokenizer
{
    private readonly PreTokenizer _preTokenizer;
    private readonly int[] _byteIds = new int[256];
    private readonly Dictionary<long, (int Rank, int Id)> _merges;

    public BytePairTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _preTokenizer = PreTokenizers.Named(vocabulary.PreTokenizer, vocabulary.Source);
        for (int i = 0; i < 256; i++)
        {
            _byteIds[i] = Ids.GetValueOrDefault(ByteLetters.Of((byte)i).ToString(), -1);
        }

        _merges = Merges(vocabulary);
    }

    private protected override void EncodeText(string text, List<int> ids)
    {
        string source = Vocabulary.ComposesText ? text.Normalize(NormalizationForm.FormC) : text;
        SymbolMerger merger = new();
        foreach ((int start, int length) in _preTokenizer.Split(source))
        {
            EncodeWord(source.AsSpan(start, length), merger, ids);
        }
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes)
    {
        string text = Vocabulary.Tokens[id];
        if (kind == TokenKind.UserDefined)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text));
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int value = rune.IsBmp ? ByteLetters.ByteOf((char)rune.Value) : -1;
            if (value >= 0)
            {
                bytes.Add((byte)value);
            }
            else
            {
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            }
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, SymbolMerger merger, List<int> ids)
    {
        int room = Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> bytes = room <= 1024 ? stackalloc byte[room] : new byte[room];
        bytes = bytes[..Encoding.UTF8.GetBytes(word, bytes)];
        if (Vocabulary.IgnoresMerges && Whole(bytes) is { } whole)
        {
            ids.Add(whole);
            return;
        }

        merger.Clear();
        for (int i = 0; i < bytes.Length; i++)
        {
            merger.Add(_byteIds[bytes[i]], i, 1);
        }

        merger.Run(Join);
        foreach (SymbolMerger.Symbol symbol in merger.Symbols)
        {
            if (symbol.Length > 0 && (symbol.Id >= 0 ? symbol.Id : Vocabulary.UnknownId) is { } id)
            {
                ids.Add(id);
            }
        }
    }

    private bool Join(in SymbolMerger.Symbol left, in SymbolMerger.Symbol right, out int id, out double rank)
    {
        bool found = _merges.TryGetValue(Key(left.Id, right.Id), out (int Rank, int Id) merge);
        (id, rank) = (merge.Id, merge.Rank);
        return found && left.Id >= 0 && right.Id >= 0;
    }

    private int? Whole(ReadOnlySpan<byte> bytes)
    {
        // No vocabulary holds a word this long.
        if (bytes.Length > 512)
        {
            return null;
        }

        Span<char> letters = stackalloc char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            letters[i] = ByteLetters.Of(bytes[i]);
        }

        return Ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters, out int id) ? id : null;
    }

    private Dictionary<long, (int Rank, int Id)> Merges(Vocabulary vocabulary)
    {
        Dictionary<long, (int, int)> merges = new(vocabulary.Merges.Length);
        var ids = Ids.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int rank = 0; rank < vocabulary.Merges.Length; rank++)
        {
            string merge = vocabulary.Merges[rank];
            int space = merge.IndexOf(' ', Math.Min(1, merge.Length));
            // A merge that names no token can never apply.
            if (space > 0
                && ids.TryGetValue(merge.AsSpan(0, space), out int left)
                && ids.TryGetValue(merge.AsSpan(space + 1), out int right)
                && Ids.TryGetValue(string.Concat(merge.AsSpan(0, space), merge.AsSpan(space + 1)), out int joined))
            {
                merges.TryAdd(Key(left, right), (rank, joined));
            }
        }

        return merges;
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
