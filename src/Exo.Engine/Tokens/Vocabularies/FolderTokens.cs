using System.Globalization;
using System.Text.Json;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>The tokens of a tokenizer.json: the model's vocabulary and the added ones.</summary>
internal sealed class FolderTokens
{
    // Ids need not be dense, but a few large ones must not make a table of gigabytes.
    private const int MostUnused = 65_536;

    private readonly List<string> _warnings;

    public FolderTokens(TokenizerJson root, List<string> warnings)
    {
        _warnings = warnings;
        TokenizerJson vocabulary = root["model"]["vocab"];
        List<TokenizerJson> added = root["added_tokens"].IsNull ? [] : [.. root["added_tokens"].Items()];
        if (vocabulary.Element.ValueKind == JsonValueKind.Array)
        {
            ReadPieces(vocabulary, root["model"]["unk_id"], added.Count);
        }
        else
        {
            ReadIds(vocabulary, added.Count);
        }

        foreach (TokenizerJson token in added)
        {
            Add(token);
        }

        // Added tokens may be in the model's vocabulary already, and then need none of the room made for them.
        Resize(Array.FindLastIndex(Kinds, kind => kind != TokenKind.Unused) + 1);
    }

    public string[] Tokens { get; private set; } = [];

    public TokenKind[] Kinds { get; private set; } = [];

    /// <summary>Scores of a unigram vocabulary, by id.</summary>
    public float[]? Scores { get; private set; }

    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    public HashSet<int> FoundNormalised { get; } = [];

    public HashSet<int> FoundAsWords { get; } = [];

    public HashSet<int> StripsLeft { get; } = [];

    public HashSet<int> StripsRight { get; } = [];

    /// <summary>Gives the tokens "&lt;0x00&gt;" to "&lt;0xFF&gt;" their meaning.</summary>
    public void MarkBytes(TokenizerJson field)
    {
        int found = 0;
        for (int i = 0; i < 256; i++)
        {
            if (Ids.TryGetValue($"<0x{i.ToString("X2", CultureInfo.InvariantCulture)}>", out int id))
            {
                Kinds[id] = TokenKind.Byte;
                found++;
            }
        }

        if (found < 256)
        {
            _warnings.Add($"{field.File}: {field.Field} is true, and the vocabulary has {found} of the 256 byte tokens; other bytes are unknown.");
        }
    }

    private void ReadPieces(TokenizerJson vocabulary, TokenizerJson unknown, int added)
    {
        IReadOnlyList<TokenizerJson> pieces = vocabulary.Items();
        if (pieces.Count == 0)
        {
            throw vocabulary.Refuse("is empty");
        }

        if (!unknown.IsNull)
        {
            unknown.Id(pieces.Count);
        }

        MakeRoom(pieces.Count, added);
        Scores = new float[Tokens.Length];
        for (int id = 0; id < pieces.Count; id++)
        {
            IReadOnlyList<TokenizerJson> pair = pieces[id].Items();
            if (pair.Count != 2 || pair[1].Element.ValueKind != JsonValueKind.Number)
            {
                throw pieces[id].Refuse("is no pair of a text and a score");
            }

            if (pair[0].Text().Length == 0)
            {
                throw pieces[id].Refuse("is an empty piece");
            }

            float score = pair[1].Element.GetSingle();
            Set(pieces[id], id, pair[0].Text());
            Scores[id] = float.IsFinite(score) ? score : throw pieces[id].Refuse("has a score that is no finite number");
        }
    }

    private void ReadIds(TokenizerJson vocabulary, int added)
    {
        if (vocabulary.Element.ValueKind != JsonValueKind.Object)
        {
            throw vocabulary.Refuse(vocabulary.IsNull ? "is missing" : "is no object of tokens and ids");
        }

        int count = 0;
        long largest = -1;
        foreach (JsonProperty token in vocabulary.Element.EnumerateObject())
        {
            count++;
            largest = token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt64(out long id) && id >= 0 ? Math.Max(largest, id)
                : throw vocabulary.Refuse($"gives \"{token.Name}\" the id {token.Value.GetRawText()}, which is no whole number from 0");
        }

        if (largest > count + MostUnused)
        {
            throw vocabulary.Refuse($"has {count} tokens and the id {largest}, far above their number");
        }

        MakeRoom((int)largest + 1, added);
        foreach (JsonProperty token in vocabulary.Element.EnumerateObject())
        {
            Set(vocabulary, token.Value.GetInt32(), token.Name);
        }
    }

    private void MakeRoom(int count, int added)
    {
        Tokens = new string[count + added];
        Array.Fill(Tokens, "");
        Kinds = new TokenKind[Tokens.Length];
        Array.Fill(Kinds, TokenKind.Unused);
    }

    private void Set(TokenizerJson where, int id, string text)
    {
        if (Kinds[id] != TokenKind.Unused)
        {
            throw where.Refuse($"gives the id {id} to \"{Tokens[id]}\" and to \"{text}\"");
        }

        Tokens[id] = text;
        Kinds[id] = TokenKind.Normal;
        if (text.Length > 0)
        {
            Ids[text] = id;
        }
    }

    private void Add(TokenizerJson token)
    {
        string text = token["content"].Text();
        if (text.Length == 0)
        {
            throw token.Refuse("has an empty content");
        }

        int id = token["id"].Id(Tokens.Length + MostUnused);
        if (id >= Tokens.Length)
        {
            Resize(id + 1);
        }

        if (Ids.TryGetValue(text, out int known) && known != id)
        {
            throw token.Refuse($"gives \"{text}\" the id {id}, and it has the id {known}");
        }

        if (known != id || !Ids.ContainsKey(text))
        {
            Set(token, id, text);
        }

        Kinds[id] = token["special"].Flag() ? TokenKind.Control : TokenKind.UserDefined;
        if (token["normalized"].Flag())
        {
            FoundNormalised.Add(id);
        }

        if (token["single_word"].Flag())
        {
            FoundAsWords.Add(id);
        }

        if (token["lstrip"].Flag())
        {
            StripsLeft.Add(id);
        }

        if (token["rstrip"].Flag())
        {
            StripsRight.Add(id);
        }
    }

    private void Resize(int count)
    {
        int before = Tokens.Length;
        (string[] tokens, TokenKind[] kinds, float[]? scores) = (Tokens, Kinds, Scores);
        Array.Resize(ref tokens, count);
        Array.Resize(ref kinds, count);
        if (count > before)
        {
            Array.Fill(tokens, "", before, count - before);
            Array.Fill(kinds, TokenKind.Unused, before, count - before);
        }

        if (scores is not null)
        {
            Array.Resize(ref scores, count);
        }

        (Tokens, Kinds, Scores) = (tokens, kinds, scores);
    }
}
