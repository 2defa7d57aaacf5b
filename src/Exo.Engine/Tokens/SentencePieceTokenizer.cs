using System.Text;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// SentencePiece in its BPE form (Kudo and Richardson, 2018): the pair whose union has the highest score is joined first. Characters that have
/// no token are given as their UTF-8 bytes.
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private const char Space = '▁';

    private readonly float[] _scores;
    private readonly int[] _byteIds = new int[256];
    private readonly byte[] _byteOf;
    private readonly PieceTrie _found;

    public SentencePieceTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _scores = vocabulary.Scores ?? throw new ModelFileException($"{vocabulary.Source}: the vocabulary has no scores, which a SentencePiece tokenizer needs. Convert or download the model again.");
        _found = PieceTrie.Of(vocabulary.FoundByModel, vocabulary.Tokens);
        _byteOf = new byte[vocabulary.Tokens.Length];
        for (int i = 0; i < 256; i++)
        {
            _byteIds[i] = Ids.GetValueOrDefault($"<0x{i:X2}>", -1);
        }

        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            if (vocabulary.Kinds[id] == TokenKind.Byte)
            {
                _byteOf[id] = TokenDecoder.ByteOf(vocabulary.Tokens[id])
                    ?? throw new ModelFileException($"{vocabulary.Source}: token {id} is a byte by its type, and its text \"{vocabulary.Tokens[id]}\" is not like <0x41>. Convert the model again.");
            }
        }
    }

    public override string Algorithm => "SentencePiece BPE";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        bool prefixed = Vocabulary.SpacePrefix == SpacePrefix.Always || (Vocabulary.SpacePrefix == SpacePrefix.First && first);
        string escaped = prefixed ? Space + text : text;
        EncodePiece(Vocabulary.EscapesSpaces ? escaped.Replace(' ', Space) : escaped, ids);
    }

    private void EncodePiece(string escaped, List<int> ids)
    {
        SymbolMerger merger = new();
        for (int i = 0, length; i < escaped.Length; i += length)
        {
            (length, int id) = _found.Longest(escaped, i);
            if (id < 0)
            {
                length = char.IsHighSurrogate(escaped[i]) && i + 1 < escaped.Length ? 2 : 1;
                id = Find(escaped.AsSpan(i, length));
            }

            merger.Add(id, i, length);
        }

        merger.Run((in SymbolMerger.Symbol left, in SymbolMerger.Symbol right, out int id, out double rank) =>
        {
            bool joins = !Vocabulary.FoundByModel.Contains(left.Id) && !Vocabulary.FoundByModel.Contains(right.Id);
            id = joins ? Find(escaped.AsSpan(left.Start, left.Length + right.Length)) : -1;
            rank = id < 0 ? 0 : -_scores[id];
            return id >= 0;
        });
        bool unknown = false;
        foreach (SymbolMerger.Symbol symbol in merger.Symbols)
        {
            if (symbol.Length > 0)
            {
                int before = ids.Count;
                Emit(symbol.Id, escaped.AsSpan(symbol.Start, symbol.Length), ids);
                if (unknown && ids.Count == before + 1 && ids[before] == Vocabulary.UnknownId && Vocabulary.FusesUnknown)
                {
                    ids.RemoveAt(before);
                }

                unknown = ids.Count > 0 && ids[^1] == Vocabulary.UnknownId;
            }
        }
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes)
    {
        if (kind == TokenKind.Byte)
        {
            bytes.Add(_byteOf[id]);
            return;
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(Vocabulary.EscapesSpaces ? Vocabulary.Tokens[id].Replace(Space, ' ') : Vocabulary.Tokens[id]));
    }

    private protected override string CleanDecoded(string text) => Vocabulary.SpacePrefix != SpacePrefix.None && text.StartsWith(' ') ? text[1..] : text;

    private int Find(ReadOnlySpan<char> text) => Ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out int id) ? id : -1;

    private void Emit(int id, ReadOnlySpan<char> text, List<int> ids)
    {
        if (id >= 0)
        {
            ids.Add(id);
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (byte value in utf8[..Encoding.UTF8.GetBytes(text, utf8)])
        {
            int byteId = _byteIds[value];
            if (byteId >= 0)
            {
                ids.Add(byteId);
            }
            else if (Vocabulary.UnknownId is { } unknown)
            {
                ids.Add(unknown);
                return;
            }
        }
    }
}
