using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>
/// Reads a tokenizer from a folder of the Hugging Face form: tokenizer.json, and if present tokenizer_config.json and generation_config.json;
/// without tokenizer.json, tokenizer.model.
/// </summary>
internal static class FolderVocabulary
{
    /// <summary>The tables; <paramref name="model"/> is the algorithm's name as in GGUF files.</summary>
    /// <exception cref="ModelFileException">A file is missing or damaged, or needs what Exo does not know; names file and field.</exception>
    public static Vocabulary Read(string folder, out string model)
    {
        string path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
        {
            return File.Exists(Path.Combine(folder, SentencePieceVocabulary.FileName))
                ? SentencePieceVocabulary.Read(folder, out model)
                : throw new ModelFileException($"{path}: the folder has neither tokenizer.json nor {SentencePieceVocabulary.FileName}. Download the model whole, or use it as a GGUF file.");
        }

        TokenizerJson root = TokenizerJson.Read(path);
        TokenizerJson tables = root["model"];
        if (tables.IsNull)
        {
            throw tables.Refuse("is missing");
        }

        List<string> warnings = [];
        model = Algorithm(tables);
        FolderTokens tokens = new(root, warnings);
        FolderNormaliser normaliser = new(root["normalizer"]);
        FolderPreTokenizer cutting = new(root["pre_tokenizer"]);
        bool marksWords = model == "BPE" && (Affix(tables["continuing_subword_prefix"]) + Affix(tables["end_of_word_suffix"])).Length > 0;
        FolderFrame frame = new(root["post_processor"], tokens, warnings);
        ReadOther(folder, "tokenizer_config.json", frame.ReadConfig);
        ReadOther(folder, "generation_config.json", frame.ReadGeneration);
        model = model switch
        {
            "BPE" => cutting.EndsInLetters && !marksWords ? "gpt2" : "bpe",
            "Unigram" => "t5",
            "WordLevel" => "words",
            _ => "bert",
        };
        string inside = model == "bert" ? tables["continuing_subword_prefix"].TextOrNull() ?? "##" : model == "bpe" ? Affix(tables["continuing_subword_prefix"]) : "";
        string end = model == "bpe" ? Affix(tables["end_of_word_suffix"]) : "";
        if (tables["byte_fallback"].Flag())
        {
            tokens.MarkBytes(tables["byte_fallback"]);
        }

        int? unknown = Unknown(tables, tokens, warnings);
        return new Vocabulary
        {
            Source = path,
            Tokens = tokens.Tokens,
            Kinds = tokens.Kinds,
            Scores = tokens.Scores,
            Merges = model is "gpt2" or "bpe" ? FolderMerges.Read(tables["merges"], tokens.Ids, inside, warnings) : [],
            Normalise = normaliser.Function,
            Words = cutting.Steps(withLetters: model != "gpt2"),
            WordsAreWhole = true,
            Decoder = FolderDecoder.Read(root["decoder"]) ?? (marksWords || model == "words" ? FolderDecoder.OfWords(inside, end) : null),
            FusesUnknown = tables["fuse_unk"].Flag(),
            IgnoresMerges = tables["ignore_merges"].Flag(),
            WordInside = inside,
            WordEnd = end,
            LongestWord = tables["max_input_chars_per_word"].IsNull ? 100 : tables["max_input_chars_per_word"].Id(int.MaxValue),
            Generates = model != "bert",
            FoundNormalised = tokens.FoundNormalised,
            FoundAsWords = tokens.FoundAsWords,
            StripsLeft = tokens.StripsLeft,
            StripsRight = tokens.StripsRight,
            BosId = frame.First,
            EosId = frame.Last,
            AddsBos = frame.AddsFirst,
            AddsEos = frame.AddsLast,
            UnknownId = unknown,
            EndIds = [.. frame.Ends],
            Warnings = [.. warnings],
        };
    }

    private static string Algorithm(TokenizerJson model)
    {
        // Old files do not name the algorithm; only one of them has merges.
        string name = model["type"].TextOrNull() ?? (model["merges"].IsNull ? "WordPiece" : "BPE");
        return name is "BPE" or "Unigram" or "WordPiece" or "WordLevel" ? name : throw model["type"].Refuse($"is \"{name}\"; Exo knows BPE, Unigram, WordPiece and WordLevel");
    }

    // No real one is long, and one that is would be looked up with every character.
    private static string Affix(TokenizerJson affix) => affix.TextOrNull() is not { } text ? "" : text.Length <= 64 ? text : throw affix.Refuse($"has {text.Length} characters; at most 64 are known");

    private static int? Unknown(TokenizerJson model, FolderTokens tokens, List<string> warnings)
    {
        int? id = null;
        if (!model["unk_id"].IsNull)
        {
            id = model["unk_id"].Id(tokens.Tokens.Length);
        }
        else if (model["unk_token"].TextOrNull() is { } text)
        {
            if (!tokens.Ids.TryGetValue(text, out int found))
            {
                warnings.Add($"{model.File}: model.unk_token is \"{text}\", which is no token; what has no token is left out.");
                return null;
            }

            id = found;
        }

        if (id is { } unknown && tokens.Kinds[unknown] == TokenKind.Control)
        {
            tokens.Kinds[unknown] = TokenKind.Unknown;
        }

        return id;
    }

    private static void ReadOther(string folder, string name, Action<TokenizerJson> read)
    {
        string path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            read(TokenizerJson.Read(path));
        }
    }
}
