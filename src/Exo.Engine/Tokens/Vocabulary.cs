namespace Exo.Engine.Tokens;

/// <summary>A tokenizer's tables and flags, whatever file they came from.</summary>
internal sealed record Vocabulary
{
    /// <summary>File or folder, for messages.</summary>
    public required string Source { get; init; }

    /// <summary>Text of each id, as stored.</summary>
    public required string[] Tokens { get; init; }

    /// <summary>What each id is for.</summary>
    public required TokenKind[] Kinds { get; init; }

    /// <summary>SentencePiece: the higher, the earlier a piece is made. Null for other algorithms.</summary>
    public float[]? Scores { get; init; }

    /// <summary>Byte-level BPE: "left right", the first first.</summary>
    public string[] Merges { get; init; } = [];

    /// <summary>How text is cut before merging: a name such as llama-bpe.</summary>
    public string PreTokenizer { get; init; } = "default";

    /// <summary>A word that is a token is not taken apart, even where no merges lead to it.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>Text is brought into Unicode's composed form first.</summary>
    public bool ComposesText { get; init; }

    /// <summary>SentencePiece: text begins as if a space stood before it.</summary>
    public bool AddsSpacePrefix { get; init; }

    /// <summary>Ids of added tokens that swallow the white space on their right.</summary>
    public IReadOnlySet<int> StripsRight { get; init; } = new HashSet<int>();

    public int? BosId { get; init; }

    public int? EosId { get; init; }

    public int? UnknownId { get; init; }

    public bool AddsBos { get; init; }

    public bool AddsEos { get; init; }

    /// <summary>Ids that the file itself calls ends, beside <see cref="EosId"/>.</summary>
    public int[] EndIds { get; init; } = [];

    /// <summary>First id of each text.</summary>
    public Dictionary<string, int> Index()
    {
        Dictionary<string, int> ids = new(Tokens.Length, StringComparer.Ordinal);
        for (int i = 0; i < Tokens.Length; i++)
        {
            ids.TryAdd(Tokens[i], i);
        }

        return ids;
    }
}
