namespace Exo.Engine.Tokens.Cutting;

/// <summary>Steps from a text to words, each applied to what those before it left.</summary>
internal sealed class WordSteps(params IReadOnlyList<IWordStep> steps)
{
    /// <summary>The words of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="atStart">Whether nothing stands before it.</param>
    public List<Word> Words(string text, bool atStart)
    {
        List<Word> words = text.Length == 0 ? [] : [new Word(text, atStart)];
        foreach (IWordStep step in steps)
        {
            List<Word> next = new(words.Count);
            foreach (Word word in words)
            {
                step.Apply(word, next);
            }

            words = next;
        }

        return words;
    }
}
