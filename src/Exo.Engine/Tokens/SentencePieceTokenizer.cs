using System.Globalization;
using System.Text;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// SentencePiece in its BPE form (Kudo and Richardson, 2018): the pair whose union has the highest score is joined first, or, where the file
/// lists merges, the pair that comes first there. Characters that have no token are given as their UTF-8 bytes.
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private const char Space = '▁';

    private readonly float[]? _scores;
    private readonly MergeTable? _merges;
    private readonly int[] _byteIds = new int[256];
    private readonly byte[] _byteOf;

    public SentencePieceTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _scores = vocabulary.Scores;
        _merges = vocabulary.Scores is null ? new MergeTable(vocabulary.Merges, Ids) : null;
        _byteOf = new byte[vocabulary.Tokens.Length];
        for (int i = 0; i < 256; i++)
        {
            _byteIds[i] = Ids.GetValueOrDefault($"<0x{i:X2}>", -1);
        }

        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            if (vocabulary.Kinds[id] == TokenKind.Byte)
            {
                _byteOf[id] = ByteOf(vocabulary.Tokens[id])
                    ?? throw new ModelFileException($"{vocabulary.Source}: token {id} is a byte by its type, and its text \"{vocabulary.Tokens[id]}\" is not like <0x41>. Convert the model again.");
            }
        }
    }

    public override string Algorithm => "SentencePiece BPE";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        bool prefixed = Vocabulary.SpacePrefix == SpacePrefix.Always || (Vocabulary.SpacePrefix == SpacePrefix.First && first);
        string escaped = prefixed ? Space + text : text;
        escaped = Vocabulary.EscapesSpaces ? escaped.Replace(' ', Space) : escaped;
        if (Vocabulary.PreTokenizer is null)
        {
            EncodePiece(escaped, ids);
            return;
        }

        foreach ((int start, int length) in Vocabulary.PreTokenizer.Split(escaped))
        {
            EncodePiece(escaped.Substring(start, length), ids);
        }
    }

    private void EncodePiece(string escaped, List<int> ids)
    {
        SymbolMerger merger = new();
        for (int i = 0; i < escaped.Length;)
        {
            int length = char.IsHighSurrogate(escaped[i]) && i + 1 < escaped.Length ? 2 : 1;
            merger.Add(Find(escaped.AsSpan(i, length)), i, length);
            i += length;
        }

        merger.Run(_merges is not null ? _merges.TryJoin : (in SymbolMerger.Symbol left, in SymbolMerger.Symbol right, out int id, out double rank) =>
        {
            id = Find(escaped.AsSpan(left.Start, left.Length + right.Length));
            rank = id < 0 ? 0 : -_scores![id];
            return id >= 0;
        });
        foreach (SymbolMerger.Symbol symbol in merger.Symbols)
        {
            if (symbol.Length > 0)
            {
                Emit(symbol.Id, escaped.AsSpan(symbol.Start, symbol.Length), ids);
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

    private static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : null;

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
