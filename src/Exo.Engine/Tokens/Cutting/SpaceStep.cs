namespace Exo.Engine.Tokens.Cutting;

/// <summary>Puts a space before a word that does not begin with one.</summary>
internal sealed class SpaceStep : IWordStep
{
    public void Apply(Word word, List<Word> words) => words.Add(word.Text[0] == ' ' ? word : word with { Text = " " + word.Text });
}
