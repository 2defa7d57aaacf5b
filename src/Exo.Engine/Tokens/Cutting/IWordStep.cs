namespace Exo.Engine.Tokens.Cutting;

/// <summary>One step from a text to the words that a model takes: it cuts, rewrites, or both.</summary>
internal interface IWordStep
{
    /// <summary>Adds what becomes of a word, in order.</summary>
    void Apply(Word word, List<Word> words);
}
