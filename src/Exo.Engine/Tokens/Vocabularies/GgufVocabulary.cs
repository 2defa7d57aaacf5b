using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Normalising;

namespace Exo.Engine.Tokens.Vocabularies;

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
            Scores = Scores(metadata, tokens.Length, model),
            Merges = [.. (metadata.GetStrings(Prefix + "merges") ?? []).Select(Pair)],
            Words = Words(metadata, model, pre),
            Normalise = Normaliser(metadata, model, pre),
            IgnoresMerges = model == "gpt2" && KeepsWords(pre),
            SpacePrefix = metadata.GetBool(Prefix + "add_space_prefix") ?? model is "llama" or "t5" ? SpacePrefix.Always : SpacePrefix.None,
            WordStart = "▁",
            Generates = model != "bert",
            StripsRight = StripsRight(metadata, tokens, kinds),
            BosId = model == "bert" ? Id("cls_token_id", 101) : Id("bos_token_id", sentencePiece ? 1 : null),
            EosId = model == "bert" ? Id("seperator_token_id", 102) : Id("eos_token_id", sentencePiece ? 2 : model == "t5" ? 1 : null),
            // A byte that a byte-level vocabulary lacks is left out; the unknown token it may name is not used.
            UnknownId = model == "gpt2" ? null : Id("unknown_token_id", sentencePiece ? 0 : null),
            AddsBos = metadata.GetBool(Prefix + "add_bos_token") ?? (model is "llama" or "bert" || (model == "gpt2" && KeepsWords(pre))),
            AddsEos = metadata.GetBool(Prefix + "add_eos_token") ?? model is "bert" or "t5",
            EndIds = [.. new[] { eot, eom }.OfType<int>()],
        };
    }

    // Llama 3's family and Mistral's: words that are tokens stay whole, and a prompt begins with a token of its own. Files need not say so.
    private static bool KeepsWords(string pre) =>
        pre is "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "falcon-h1" or "pixtral" or "lfm2" or "midm-2.0" or "laguna" or "jina-v5-nano" or "tekken";

    private static WordSteps Words(GgufMetadata metadata, string model, string pre) => model switch
    {
        "gpt2" when metadata.GetBool(Prefix + "add_space_prefix") == true => new WordSteps(new SpaceStep(), new CutStep(PreTokenizers.Named(pre, metadata.Path))),
        "gpt2" => new WordSteps(new CutStep(PreTokenizers.Named(pre, metadata.Path))),
        "bert" => new WordSteps(new CutStep(new PreTokenizer([new BertCut()]))),
        _ => new WordSteps(),
    };

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

    private static float[]? Scores(GgufMetadata metadata, int count, string model)
    {
        if (model is not ("llama" or "t5"))
        {
            return null;
        }

        float[] scores = metadata.GetNumbers(Prefix + "scores") ?? throw metadata.Missing(Prefix + "scores");
        return scores.Length != count ? throw metadata.Refuse(Prefix + "scores", $"has {scores.Length} entries for {count} tokens. Convert the model again.")
            : scores.Any(float.IsNaN) ? throw metadata.Refuse(Prefix + "scores", "holds a NaN. The file is damaged: convert the model again.")
            : scores;
    }

    private static (string Left, string Right) Pair(string merge)
    {
        int space = merge.IndexOf(' ', Math.Min(1, merge.Length));
        return space < 0 ? (merge, "") : (merge[..space], merge[(space + 1)..]);
    }

    private static Func<string, string>? Normaliser(GgufMetadata metadata, string model, string pre)
    {
        switch (model)
        {
            case "bert":
                return new BertNormaliser().Apply;
            case "t5":
                CharacterMap? map = CharacterMap.Read(metadata.GetIntegers(Prefix + "precompiled_charsmap")?.Select(value => (byte)value).ToArray() ?? [], metadata.Path);
                bool tidies = metadata.GetBool(Prefix + "remove_extra_whitespaces") ?? true;
                return text => (map?.Apply(text) ?? text) is var mapped && tidies ? SpaceRuns.Collapse(mapped) : mapped;
            default:
                // The model was trained on composed text; GGUF has no key that says so.
                return pre is "qwen2" or "qwen35" or "deepseek-r1-qwen" ? CanonicalForm.Compose : null;
        }
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
