using System.Text;

namespace Exo.Engine.Tokens.Cutting;

/// <summary>Writes the bytes of a word in the letters of byte-level vocabularies, so that steps after it see those.</summary>
internal sealed class LettersStep : IWordStep
{
    public void Apply(Word word, List<Word> words) => words.Add(word with { Text = Spell(word.Text) });

    /// <summary>A text whose bytes are written in those letters.</summary>
    public static string Spell(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        char[] letters = new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            letters[i] = ByteLetters.Of(bytes[i]);
        }

        return new string(letters);
    }
}
