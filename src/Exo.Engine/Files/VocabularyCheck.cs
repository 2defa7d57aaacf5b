using Exo.Engine.Gguf;

namespace Exo.Engine.Files;

/// <summary>Compares the vocabulary in a GGUF file's metadata with the embedding, so that a tokenizer finds a whole one. A file without a vocabulary is fine.</summary>
internal sealed class VocabularyCheck(GgufMetadata metadata, int vocabularySize, List<string> warnings)
{
    private const string Tokens = "tokenizer.ggml.tokens";
    private const string Scores = "tokenizer.ggml.scores";
    private const string Types = "tokenizer.ggml.token_type";
    private const string Merges = "tokenizer.ggml.merges";

    /// <exception cref="Formats.ModelFileException">The lists do not fit each other.</exception>
    public void Run()
    {
        if (metadata.GetStrings(Tokens) is not { } tokens)
        {
            return;
        }

        RequireLength(Tokens, tokens.Length, vocabularySize);
        float[]? scores = metadata.GetNumbers(Scores);
        RequireLength(Scores, scores?.Length ?? vocabularySize, vocabularySize);
        RequireLength(Types, metadata.GetIntegers(Types)?.Length ?? vocabularySize, vocabularySize);
        if (scores is not null && scores.Any(float.IsNaN))
        {
            throw metadata.Refuse(Scores, "holds a NaN. The file is damaged: convert the model again.");
        }

        if (new HashSet<string>(tokens, StringComparer.Ordinal).Count < tokens.Length)
        {
            warnings.Add($"{Tokens} holds a token twice; the first of them is used.");
        }

        foreach (string merge in metadata.GetStrings(Merges) ?? [])
        {
            if (merge.IndexOf(' ', 1) < 0)
            {
                warnings.Add($"{Merges} holds \"{merge}\", which has no space; it is ignored.");
                break;
            }
        }

        WarnOutside("tokenizer.ggml.bos_token_id");
        WarnOutside("tokenizer.ggml.eos_token_id");
    }

    private void RequireLength(string key, int length, int needed)
    {
        if (length != needed)
        {
            throw metadata.Refuse(key, $"has {length} entries, and token_embd.weight has {needed} rows. Convert the model again.");
        }
    }

    private void WarnOutside(string key)
    {
        if (metadata.GetInteger(key) is { } id && (id < 0 || id >= vocabularySize))
        {
            warnings.Add($"{key} is {id}, outside of the vocabulary of {vocabularySize}; it is ignored.");
        }
    }
}
