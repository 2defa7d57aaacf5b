namespace Exo.Engine.Tokens.Cutting;

/// <summary>Cuts without rewriting.</summary>
internal sealed class CutStep(PreTokenizer cuts) : IWordStep
{
    public void Apply(Word word, List<Word> words)
    {
        foreach ((int start, int length) in cuts.Split(word.Text))
        {
            if (length > 0)
            {
                words.Add(new Word(length == word.Text.Length ? word.Text : word.Text.Substring(start, length), word.AtStart && start == 0));
            }
        }
    }
}
