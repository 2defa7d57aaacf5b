using System.Text;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// Byte-pair encoding over characters, as tokenizer.json files of SentencePiece models have it: pairs are joined in the order of the merges;
/// a character without a token is given as its UTF-8 bytes if the file says so and has them all, otherwise it is unknown. Where the file
/// says so, tokens within a word begin with a mark ("##"), and those that end one end with another ("&lt;/w&gt;", as in CLIP and GPT).
/// </summary>
internal sealed class CharacterPairTokenizer : Tokenizer
{
    private readonly MergeTable _merges;
    private readonly int[] _byteIds;

    public CharacterPairTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _merges = new MergeTable(vocabulary.Merges, Ids, vocabulary.WordInside);
        _byteIds = vocabulary.ByteIds(Ids);
    }

    public override string Algorithm => "BPE over characters";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        SymbolMerger merger = new();
        foreach (Word word in Vocabulary.Words.Words(text, first))
        {
            EncodeWord(word.Text, merger, ids);
        }
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes) =>
        bytes.AddRange(Encoding.UTF8.GetBytes(Vocabulary.Tokens[id].Replace('▁', ' ')));

    private void EncodeWord(string word, SymbolMerger merger, List<int> ids)
    {
        if (Vocabulary.IgnoresMerges && Ids.TryGetValue(word, out int whole))
        {
            ids.Add(whole);
            return;
        }

        merger.Clear();
        char[]? spelled = Vocabulary.WordInside.Length + Vocabulary.WordEnd.Length > 0 ? new char[Vocabulary.WordInside.Length + 2 + Vocabulary.WordEnd.Length] : null;
        int unknown = 0;
        for (int at = 0, length; at < word.Length; at += length)
        {
            length = char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;
            ReadOnlySpan<char> character = spelled is null ? word.AsSpan(at, length) : Spelled(word, at, length, spelled);
            if (Ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(character, out int id))
            {
                AddUnknown(merger, at, ref unknown);
                merger.Add(id, at, length);
            }
            else if (!TryAddBytes(character, merger, at))
            {
                if (!Vocabulary.FusesUnknown)
                {
                    AddUnknown(merger, at, ref unknown);
                }

                unknown += length;
            }
        }

        AddUnknown(merger, word.Length, ref unknown);
        merger.Run(_merges.TryJoin);
        foreach (SymbolMerger.Symbol symbol in merger.Symbols)
        {
            if (symbol.Length > 0)
            {
                ids.Add(symbol.Id);
            }
        }
    }

    // A character with the marks of its place in the word.
    private ReadOnlySpan<char> Spelled(string word, int at, int length, Span<char> room)
    {
        string inside = at > 0 ? Vocabulary.WordInside : "";
        string end = at + length == word.Length ? Vocabulary.WordEnd : "";
        inside.CopyTo(room);
        word.AsSpan(at, length).CopyTo(room[inside.Length..]);
        end.CopyTo(room[(inside.Length + length)..]);
        return room[..(inside.Length + length + end.Length)];
    }

    private void AddUnknown(SymbolMerger merger, int end, ref int length)
    {
        if (length > 0 && Vocabulary.UnknownId is { } id)
        {
            merger.Add(id, end - length, length);
        }

        length = 0;
    }

    private bool TryAddBytes(ReadOnlySpan<char> character, SymbolMerger merger, int at)
    {
        Span<byte> utf8 = character.Length <= 64 ? stackalloc byte[192] : new byte[character.Length * 3];
        utf8 = utf8[..Encoding.UTF8.GetBytes(character, utf8)];
        foreach (byte value in utf8)
        {
            if (_byteIds[value] < 0)
            {
                return false;
            }
        }

        foreach (byte value in utf8)
        {
            merger.Add(_byteIds[value], at, 1);
        }

        return true;
    }
}
