using System.Globalization;
using System.Text;
using System.Text.Json;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Normalising;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>Reads a tokenizer from a folder that has tokenizer.model and no tokenizer.json: the pieces, and what the folder's other files add to them.</summary>
internal static class SentencePieceVocabulary
{
    public const string FileName = "tokenizer.model";

    private const int MostAdded = 1 << 20;

    /// <summary>The tables; <paramref name="model"/> is the algorithm's name as in GGUF files.</summary>
    /// <exception cref="ModelFileException">A file is damaged, or needs what Exo does not know; names file and field.</exception>
    public static Vocabulary Read(string folder, out string model)
    {
        SentencePieceFile file = SentencePieceFile.Read(Path.Combine(folder, FileName));
        model = file.IsUnigram ? "t5" : "llama";
        HashSet<int> own = [.. Enumerable.Range(0, file.Kinds.Count).Where(id => file.Kinds[id] == TokenKind.UserDefined)];
        HashSet<int> left = [];
        HashSet<int> right = [];
        string configPath = Path.Combine(folder, "tokenizer_config.json");
        TokenizerJson config = File.Exists(configPath) ? TokenizerJson.Read(configPath) : new TokenizerJson(default, configPath, "");
        Dictionary<string, int> ids = AddTokens(file, folder, config, left, right, own);
        int? bos = Named(config["bos_token"], ids) ?? Within(file, file.BosId);
        int? eos = Named(config["eos_token"], ids) ?? Within(file, file.EosId);
        return new Vocabulary
        {
            Source = file.Path,
            Tokens = [.. file.Tokens],
            Kinds = [.. file.Kinds],
            Scores = [.. file.Scores],
            Normalise = Normaliser(file, PieceTrie.Of(own, file.Tokens)),
            IsSentencePieceFile = true,
            FoundByModel = own,
            FusesUnknown = true,
            Decoder = new TokenDecoder
            {
                Steps = file.EscapesSpaces ? [(token, _) => token.Replace('▁', ' ')] : [],
                ReadsBytes = file.Kinds.Contains(TokenKind.Byte),
                StripsAtStart = file.TidiesSpaces ? int.MaxValue : file.AddsPrefix ? 1 : 0,
            },
            EscapesSpaces = file.EscapesSpaces,
            SpacePrefix = !file.AddsPrefix ? SpacePrefix.None : config["legacy"].Flag(otherwise: true) ? SpacePrefix.Always : SpacePrefix.First,
            WordStart = "▁",
            StripsLeft = left,
            StripsRight = right,
            BosId = bos,
            EosId = eos,
            UnknownId = Within(file, file.UnknownId),
            AddsBos = config["add_bos_token"].Flag(otherwise: !file.IsUnigram),
            AddsEos = config["add_eos_token"].Flag(otherwise: file.IsUnigram),
        };
    }

    /// <summary>Tokens that the folder adds behind the pieces, or whose purpose it changes; gives the ids of all texts.</summary>
    private static Dictionary<string, int> AddTokens(SentencePieceFile file, string folder, TokenizerJson config, HashSet<int> left, HashSet<int> right, HashSet<int> own)
    {
        string added = Path.Combine(folder, "added_tokens.json");
        if (File.Exists(added))
        {
            TokenizerJson tokens = TokenizerJson.Read(added);
            foreach (JsonProperty token in tokens.Element.EnumerateObject())
            {
                Put(file, tokens[token.Name].Id(file.Tokens.Count + MostAdded), token.Name, TokenKind.Control);
            }
        }

        TokenizerJson decoder = config["added_tokens_decoder"];
        foreach (JsonProperty token in decoder.IsNull ? [] : decoder.Element.ValueKind == JsonValueKind.Object ? decoder.Element.EnumerateObject() : throw decoder.Refuse("is no object"))
        {
            TokenizerJson entry = decoder[token.Name];
            if (!int.TryParse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= file.Tokens.Count + MostAdded)
            {
                throw entry.Refuse("is no id");
            }

            TokenKind kind = entry["special"].Flag() ? TokenKind.Control : TokenKind.UserDefined;
            Put(file, id, entry["content"].Text(), id < file.Kinds.Count && file.Kinds[id] == TokenKind.Unknown ? TokenKind.Unknown : kind);
            own.Remove(id);
            _ = entry["lstrip"].Flag() && left.Add(id);
            _ = entry["rstrip"].Flag() && right.Add(id);
        }

        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < file.Tokens.Count; id++)
        {
            ids.TryAdd(file.Tokens[id], id);
        }

        return ids;
    }

    private static void Put(SentencePieceFile file, int id, string text, TokenKind kind)
    {
        while (file.Tokens.Count <= id)
        {
            file.Tokens.Add("");
            file.Scores.Add(0);
            file.Kinds.Add(TokenKind.Unused);
        }

        (file.Tokens[id], file.Kinds[id]) = (text, kind);
    }

    private static int? Named(TokenizerJson token, Dictionary<string, int> ids)
    {
        string? text = token.Element.ValueKind == JsonValueKind.Object ? token["content"].TextOrNull() : token.TextOrNull();
        return text is not null && ids.TryGetValue(text, out int id) ? id : null;
    }

    private static int? Within(SentencePieceFile file, int id) => id >= 0 && id < file.Tokens.Count ? id : null;

    private static Func<string, string>? Normaliser(SentencePieceFile file, PieceTrie own)
    {
        CharacterMap? map = CharacterMap.Read(file.CharacterMap, file.Path);
        return map is null && !file.TidiesSpaces ? null
            : text => (map is null ? text : Mapped(map, text, own)) is var mapped && file.TidiesSpaces ? SpaceRuns.Collapse(mapped, trimsMarks: file.EscapesSpaces) : mapped;
    }

    // User-defined pieces go through as they are.
    private static string Mapped(CharacterMap map, string text, PieceTrie own)
    {
        StringBuilder mapped = new(text.Length);
        int done = 0;
        for (int at = 0; at < text.Length;)
        {
            (int length, int id) = own.Longest(text, at);
            if (id >= 0)
            {
                mapped.Append(map.Apply(text[done..at])).Append(text, at, length);
                done = at + length;
            }

            at += Math.Max(1, length);
        }

        return mapped.Append(map.Apply(text[done..])).ToString();
    }
}
