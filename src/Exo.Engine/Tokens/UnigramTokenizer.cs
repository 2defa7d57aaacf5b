using System.Text;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// SentencePiece's unigram model (Kudo, 2018): of all ways to cut a text into pieces the one with the highest sum of scores, found by
/// dynamic programming. A character without a piece is unknown; neighbouring unknown ones are one token.
/// </summary>
internal sealed class UnigramTokenizer : Tokenizer
{
    private const char Space = '▁';

    // As in SentencePiece: this much below the worst piece.
    private const float UnknownPenalty = 10;

    private readonly PieceTrie _pieces = new();
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly int[] _byteIds;
    private readonly Dictionary<int, byte> _byteOf = [];

    public UnigramTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _scores = vocabulary.Scores?.Select(score => (double)score).ToArray() ?? throw new ModelFileException($"{vocabulary.Source}: the vocabulary has no scores, which a unigram tokenizer needs. Convert or download the model again.");
        _unknown = vocabulary.UnknownId ?? throw new ModelFileException($"{vocabulary.Source}: the vocabulary names no unknown token, which a unigram tokenizer needs. Convert or download the model again.");
        double least = double.MaxValue;
        double most = double.MinValue;
        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            if (vocabulary.Kinds[id] == TokenKind.Normal && vocabulary.Tokens[id].Length > 0)
            {
                _pieces.Add(vocabulary.Tokens[id], id);
                least = Math.Min(least, _scores[id]);
                most = Math.Max(most, _scores[id]);
            }
            else if (vocabulary.Kinds[id] == TokenKind.Byte)
            {
                _byteOf[id] = TokenDecoder.ByteOf(vocabulary.Tokens[id])
                    ?? throw new ModelFileException($"{vocabulary.Source}: token {id} is a byte by its type, and its text \"{vocabulary.Tokens[id]}\" is not like <0x41>. Convert the model again.");
            }
        }

        foreach (int id in vocabulary.FoundByModel.Where(id => vocabulary.Tokens[id].Length > 0))
        {
            // SentencePiece's bonus: better than the best pieces could be on as many bytes.
            _pieces.Add(vocabulary.Tokens[id], id);
            _scores[id] = (Encoding.UTF8.GetByteCount(vocabulary.Tokens[id]) * most) - 0.1;
        }

        _unknownScore = Kept(least - UnknownPenalty);
        _byteIds = vocabulary.ByteIds(Ids);
    }

    public override string Algorithm => "SentencePiece unigram";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        if (Vocabulary.WordsAreWhole)
        {
            foreach (Word word in Vocabulary.Words.Words(text, first))
            {
                EncodeWord(word.Text, ids);
            }
        }
        else if (text.Length > 0)
        {
            bool prefixed = Vocabulary.SpacePrefix == SpacePrefix.Always || (Vocabulary.SpacePrefix == SpacePrefix.First && first);
            bool leads = prefixed && (Vocabulary.IsSentencePieceFile || text[0] is not (' ' or Space));
            EncodeWord((leads ? Space + text : text).Replace(' ', Space), ids);
        }
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes)
    {
        if (_byteOf.TryGetValue(id, out byte value))
        {
            bytes.Add(value);
            return;
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(Vocabulary.Tokens[id].Replace(Space, ' ')));
    }

    private protected override string CleanDecoded(string text) => Vocabulary.SpacePrefix != SpacePrefix.None && text.StartsWith(' ') ? text[1..] : text;

    private void EncodeWord(string word, List<int> ids)
    {
        (int From, int Id)[] steps = Best(word);
        Stack<(int From, int End, int Id)> path = [];
        for (int at = word.Length; at > 0; at = steps[at].From)
        {
            bool joins = steps[at].Id == _unknown && path.TryPeek(out (int From, int End, int Id) next) && next.Id == _unknown;
            path.Push((steps[at].From, joins ? path.Pop().End : at, steps[at].Id));
        }

        foreach ((int from, int end, int id) in path)
        {
            if (id != _unknown || !TryAddBytes(word.AsSpan(from, end - from), ids))
            {
                ids.Add(id);
            }
        }
    }

    private bool TryAddBytes(ReadOnlySpan<char> text, List<int> ids)
    {
        if (_byteOf.Count == 0)
        {
            return false;
        }

        int before = ids.Count;
        foreach (byte value in Encoding.UTF8.GetBytes(text.ToArray()))
        {
            if (_byteIds[value] < 0)
            {
                ids.RemoveRange(before, ids.Count - before);
                return false;
            }

            ids.Add(_byteIds[value]);
        }

        return true;
    }

    // SentencePiece keeps its sums in single precision, which decides between equals.
    private double Kept(double score) => Vocabulary.IsSentencePieceFile ? (float)score : score;

    // For each place the step that ends there on the best way from the beginning.
    private (int From, int Id)[] Best(string text)
    {
        double[] scores = new double[text.Length + 1];
        Array.Fill(scores, double.NegativeInfinity, 1, text.Length);
        (int From, int Id)[] steps = new (int, int)[text.Length + 1];
        for (int at = 0; at < text.Length;)
        {
            int character = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            bool single = false;
            int node = 0;
            for (int end = at; end < text.Length && (node = _pieces.Next(node, text[end])) >= 0; end++)
            {
                if (_pieces.IdAt(node) is >= 0 and int id)
                {
                    single |= end + 1 - at == character;
                    Offer(end + 1, scores[at] + _scores[id], id);
                }
            }

            if (!single)
            {
                Offer(at + character, Kept(scores[at] + _unknownScore), _unknown);
            }

            void Offer(int end, double score, int id)
            {
                if (score > scores[end])
                {
                    (scores[end], steps[end]) = (Kept(score), (at, id));
                }
            }

            at += character;
        }

        return steps;
    }
}
