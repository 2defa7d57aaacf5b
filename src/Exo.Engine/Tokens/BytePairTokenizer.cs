using System.Text;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// Byte-level byte-pair encoding (Sennrich et al., 2016; Radford et al., 2019): text is cut into words by the family's pattern, the bytes of
/// each word are joined in the order in which the merges were learned.
/// </summary>
internal sealed class BytePairTokenizer : Tokenizer
{
    private readonly int[] _byteIds = new int[256];
    private readonly MergeTable _merges;

    public BytePairTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        for (int i = 0; i < 256; i++)
        {
            _byteIds[i] = Ids.GetValueOrDefault(ByteLetters.Of((byte)i).ToString(), -1);
        }

        _merges = new MergeTable(vocabulary.Merges, Ids);
    }

    public override string Algorithm => "byte-level BPE";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        SymbolMerger merger = new();
        foreach (Word word in Vocabulary.Words.Words(text, first))
        {
            EncodeWord(word.Text, merger, ids);
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

        merger.Run(_merges.TryJoin);
        foreach (SymbolMerger.Symbol symbol in merger.Symbols)
        {
            if (symbol.Length > 0 && (symbol.Id >= 0 ? symbol.Id : Vocabulary.UnknownId) is { } id)
            {
                ids.Add(id);
            }
        }
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
}
