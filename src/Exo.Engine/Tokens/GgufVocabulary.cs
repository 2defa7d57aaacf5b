using Exo.Engine.Formats;
using Exo.Engine.Gguf;

namespace Exo.Engine.Tokens;

/// <summary>Reads a tokenizer's tables from the metadata of a GGUF file (docs/gguf.md of the ggml project, section Tokenizer).</summary>
internal static class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>The tables; <paramref name="model"/> is the algorithm's name.</summary>
    /// <exception cref="ModelFileException">A table is absent or two do not fit each other.</exception>
    public static Vocabulary Read(GgufMetadata metadata, out string model)
    {
        model = metadata.GetString(Prefix + "model") ?? "no_vocab";
        if (model is "no_vocab" or "none")
        {
            throw new ModelFileException($"{metadata.Path}: the file holds no tokenizer ({Prefix}model). Convert the model again, with its vocabulary.");
        }

        string[] tokens = metadata.GetStrings(Prefix + "tokens") ?? throw metadata.Missing(Prefix + "tokens");
        if (tokens.Length == 0)
        {
            throw metadata.Refuse(Prefix + "tokens", "is empty. Convert the model again, with its vocabulary.");
        }

        bool sentencePiece = model == "llama";
        string pre = metadata.GetString(Prefix + "pre") ?? "default";
        int? Id(string name, int? otherwise = null) => metadata.GetInteger(Prefix + name) is not { } id ? otherwise : id >= 0 && id < tokens.Length ? (int)id : null;
        int? eot = Id("eot_token_id");
        int? eom = Id("eom_token_id");
        TokenKind[] kinds = Kinds(metadata, tokens.Length);
        return new Vocabulary
        {
            Source = metadata.Path,
            Tokens = tokens,
            Kinds = kinds,
            Scores = Scores(metadata, tokens.Length),
            Merges = metadata.GetStrings(Prefix + "merges") ?? [],
            PreTokenizer = pre,
            IgnoresMerges = pre is "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "falcon-h1" or "pixtral" or "youtu" or "tekken",
            ComposesText = pre is "qwen2" or "qwen35" or "deepseek-r1-qwen",
            AddsSpacePrefix = metadata.GetBool(Prefix + "add_space_prefix") ?? sentencePiece,
            StripsRight = StripsRight(metadata, tokens, kinds),
            BosId = Id("bos_token_id", sentencePiece ? 1 : null),
            EosId = Id("eos_token_id", sentencePiece ? 2 : null),
            UnknownId = Id("unknown_token_id", sentencePiece ? 0 : null),
            AddsBos = metadata.GetBool(Prefix + "add_bos_token") ?? (sentencePiece || pre is "llama-bpe" or "llama3" or "llama-v3"),
            AddsEos = metadata.GetBool(Prefix + "add_eos_token") ?? false,
            EndIds = [.. new[] { eot, eom }.OfType<int>()],
        };
    }

    private static TokenKind[] Kinds(GgufMetadata metadata, int count)
    {
        TokenKind[] kinds = new TokenKind[count];
        Array.Fill(kinds, TokenKind.Normal);
        if (metadata.GetIntegers(Prefix + "token_type") is not { } stored)
        {
            return kinds;
        }

        if (stored.Length != count)
        {
            throw metadata.Refuse(Prefix + "token_type", $"has {stored.Length} entries for {count} tokens. Convert the model again.");
        }

        for (int i = 0; i < count; i++)
        {
            kinds[i] = stored[i] is >= 1 and <= 6 ? (TokenKind)stored[i] : TokenKind.Normal;
        }

        return kinds;
    }

    private static float[]? Scores(GgufMetadata metadata, int count)
    {
        float[]? scores = metadata.GetNumbers(Prefix + "scores");
        return scores is null || scores.Length == count ? scores
            : throw metadata.Refuse(Prefix + "scores", $"has {scores.Length} entries for {count} tokens. Convert the model again.");
    }

    // GGUF has no place for the flag "strips white space on the right"; among the models in use only Phi-3's vocabulary needs it.
    private static HashSet<int> StripsRight(GgufMetadata metadata, string[] tokens, TokenKind[] kinds)
    {
        HashSet<int> ids = [];
        string name = (metadata.GetString("general.name") ?? "") + " " + (metadata.GetString("general.architecture") ?? "");
        if (name.Contains("phi-3", StringComparison.OrdinalIgnoreCase) || name.Contains("phi3", StringComparison.OrdinalIgnoreCase))
        {
            for (int i = 0; i < tokens.Length; i++)
            {
                if (kinds[i] is TokenKind.Control or TokenKind.UserDefined or TokenKind.Unknown && tokens[i] is not ("<unk>" or "<s>" or "<|endoftext|>"))
                {
                    ids.Add(i);
                }
            }
        }

        return ids;
    }
}
