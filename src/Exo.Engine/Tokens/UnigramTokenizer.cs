using System.Text;
using Exo.Engine.Formats;
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
    private readonly float[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;

    public UnigramTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _scores = vocabulary.Scores ?? throw new ModelFileException($"{vocabulary.Source}: the vocabulary has no scores, which a unigram tokenizer needs. Convert or download the model again.");
        _unknown = vocabulary.UnknownId ?? throw new ModelFileException($"{vocabulary.Source}: the vocabulary names no unknown token, which a unigram tokenizer needs. Convert or download the model again.");
        float least = float.MaxValue;
        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            if (vocabulary.Kinds[id] == TokenKind.Normal && vocabulary.Tokens[id].Length > 0)
            {
                _pieces.Add(vocabulary.Tokens[id], id);
                least = Math.Min(least, _scores[id]);
            }
        }

        _unknownScore = least - UnknownPenalty;
    }

    public override string Algorithm => "SentencePiece unigram";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        bool prefixed = Vocabulary.SpacePrefix == SpacePrefix.Always || (Vocabulary.SpacePrefix == SpacePrefix.First && first);
        string escaped = (prefixed && text[0] is not (' ' or Space) ? Space + text : text).Replace(' ', Space);
        (int From, int Id)[] steps = Best(escaped);
        int start = ids.Count;
        for (int at = escaped.Length; at > 0; at = steps[at].From)
        {
            if (steps[at].Id != _unknown || ids.Count == start || ids[^1] != _unknown)
            {
                ids.Add(steps[at].Id);
            }
        }

        ids.Reverse(start, ids.Count - start);
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes) =>
        bytes.AddRange(Encoding.UTF8.GetBytes(Vocabulary.Tokens[id].Replace(Space, ' ')));

    private protected override string CleanDecoded(string text) => Vocabulary.SpacePrefix != SpacePrefix.None && text.StartsWith(' ') ? text[1..] : text;

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
                Offer(at + character, scores[at] + _unknownScore, _unknown);
            }

            void Offer(int end, double score, int id)
            {
                if (score > scores[end])
                {
                    (scores[end], steps[end]) = (score, (at, id));
                }
            }

            at += character;
        }

        return steps;
    }
}
