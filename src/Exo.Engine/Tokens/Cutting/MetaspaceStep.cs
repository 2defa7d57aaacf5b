namespace Exo.Engine.Tokens.Cutting;

/// <summary>Writes spaces as a visible mark, puts one before the text where the scheme says, and cuts before each mark if asked to.</summary>
internal sealed class MetaspaceStep(char mark, SpacePrefix prefix, bool cuts) : IWordStep
{
    public void Apply(Word word, List<Word> words)
    {
        string text = word.Text.Replace(' ', mark);
        if (text[0] != mark && (prefix == SpacePrefix.Always || (prefix == SpacePrefix.First && word.AtStart)))
        {
            text = mark + text;
        }

        int start = 0;
        for (int at = 1; cuts && at < text.Length; at++)
        {
            if (text[at] == mark)
            {
                words.Add(new Word(text[start..at], word.AtStart && start == 0));
                start = at;
            }
        }

        words.Add(new Word(text[start..], word.AtStart && start == 0));
    }
}
