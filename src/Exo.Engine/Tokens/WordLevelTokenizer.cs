using System.Text;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>A token for each whole word that the file's steps make; any other word is unknown.</summary>
internal sealed class WordLevelTokenizer : Tokenizer
{
    public WordLevelTokenizer(Vocabulary vocabulary)
        : base(vocabulary)
    {
    }

    public override string Algorithm => "whole words";

    private protected override void EncodeText(string text, bool first, List<int> ids)
    {
        foreach (Word word in Vocabulary.Words.Words(text, first))
        {
            // A control token's text is no word: whoever types it must not get the token.
            bool known = Ids.TryGetValue(word.Text, out int id) && Vocabulary.Kinds[id] != TokenKind.Control;
            if ((known ? id : Vocabulary.UnknownId) is { } given)
            {
                ids.Add(given);
            }
        }
    }

    private protected override void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes) => bytes.AddRange(Encoding.UTF8.GetBytes(Vocabulary.Tokens[id]));
}
