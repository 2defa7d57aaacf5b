using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>Tokens that end an answer. Files name one end at most, yet many models were taught several; those are known by their text.</summary>
internal static class EndMarkers
{
    private static readonly string[] s_texts =
    [
        "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<turn|>",
        "<|endoftext|>", "<|end_of_text|>", "<end_of_utterance>", "</s>", "<eos>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<｜end▁of▁sentence｜>",
        "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
    ];

    public static HashSet<int> Find(Vocabulary vocabulary, Dictionary<string, int> ids)
    {
        if (!vocabulary.Generates)
        {
            return [];
        }

        HashSet<int> ends = [.. vocabulary.EndIds];
        if (vocabulary.EosId is { } eos)
        {
            ends.Add(eos);
        }

        foreach (string text in s_texts)
        {
            // The text alone is not enough: "</s>" may be an ordinary piece of HTML.
            if (ids.TryGetValue(text, out int id) && vocabulary.Kinds[id] is TokenKind.Control or TokenKind.UserDefined)
            {
                ends.Add(id);
            }
        }

        return ends;
    }
}
