using System.Text;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// WordPiece (Schuster and Nakajima, 2012; as in BERT): words are cut at white space and punctuation, each is covered from the left by the
/// longest tokens. A word that cannot be covered, or of more than 100 characters as a rule, is unknown as a whole.
/// </summary>
internal sealed class WordPieceTokenizer : Tokenizer
{
    private readonly int _unknown;
    private readonly int _longestToken;

    public WordPieceTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
        _longestToken = vocabulary.Tokens.Max(token => token.Length);
        _unknown = vocabulary.UnknownId ?? throw new ModelFileException($"{vocabulary.Source}: the vocabulary names no unknown token, which WordPiece needs. Convert or download the model again.");
    }

    public override string Algorithm => "WordPiece";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        foreach (Word word in Vocabulary.Words.Words(text, first))
        {
            EncodeWord(word.Text, ids);
        }
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes)
    {
        string text = Vocabulary.Tokens[id];
        bool inside = Vocabulary.WordInside.Length > 0
            ? text.StartsWith(Vocabulary.WordInside, StringComparison.Ordinal)
            : !text.StartsWith(Vocabulary.WordStart, StringComparison.Ordinal);
        string shown = inside ? text[Vocabulary.WordInside.Length..] : " " + text[Vocabulary.WordStart.Length..];
        bytes.AddRange(Encoding.UTF8.GetBytes(shown));
    }

    // The spaces that the cut at punctuation put in.
    private protected override string CleanDecoded(string text) => TokenDecoder.WithoutSpacesBeforeMarks(text.StartsWith(' ') ? text[1..] : text);

    private void EncodeWord(string word, List<int> ids)
    {
        int before = ids.Count;
        int at = 0;
        bool tooLong = word.Length > Vocabulary.LongestWord && word.EnumerateRunes().Count() > Vocabulary.LongestWord;
        while (!tooLong && at < word.Length)
        {
            string prefix = at == 0 ? Vocabulary.WordStart : Vocabulary.WordInside;
            int end = Math.Min(word.Length, at + _longestToken);
            int id = -1;
            while (end > at && !Ids.TryGetValue(prefix + word[at..end], out id))
            {
                end--;
                id = -1;
            }

            if (id < 0)
            {
                break;
            }

            ids.Add(id);
            at = end;
        }

        if (at < word.Length)
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(_unknown);
        }
    }
}
