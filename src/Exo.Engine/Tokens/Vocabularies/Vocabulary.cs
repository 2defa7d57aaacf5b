using System.Collections.Immutable;
using Exo.Engine.Tokens.Cutting;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>A tokenizer's tables and flags, whatever file they came from.</summary>
internal sealed record Vocabulary
{
    /// <summary>File or folder, for messages.</summary>
    public required string Source { get; init; }

    /// <summary>Text of each id, as stored; empty for ids that no token has.</summary>
    public required string[] Tokens { get; init; }

    /// <summary>What each id is for.</summary>
    public required TokenKind[] Kinds { get; init; }

    /// <summary>SentencePiece and unigram: the higher, the better a piece. Null for other algorithms.</summary>
    public float[]? Scores { get; init; }

    /// <summary>BPE: pairs that are joined, the first first.</summary>
    public (string Left, string Right)[] Merges { get; init; } = [];

    /// <summary>What is done to text before anything else; null for nothing.</summary>
    public Func<string, string>? Normalise { get; init; }

    /// <summary>From a text to the words that the model takes one by one.</summary>
    public WordSteps Words { get; init; } = new();

    /// <summary>Whether <see cref="Words"/> does all there is to do with spaces, so that <see cref="SpacePrefix"/> and <see cref="EscapesSpaces"/> do not apply.</summary>
    public bool WordsAreWhole { get; init; }

    /// <summary>How tokens become text; null: as is usual for the algorithm.</summary>
    public TokenDecoder? Decoder { get; init; }

    /// <summary>BPE over characters: neighbouring unknown characters are one unknown token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>A word that is a token is not taken apart, even where no merges lead to it.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>SentencePiece and unigram: spaces are written as U+2581.</summary>
    public bool EscapesSpaces { get; init; } = true;

    /// <summary>Where text begins as if a space stood before it.</summary>
    public SpacePrefix SpacePrefix { get; init; }

    /// <summary>WordPiece: what tokens that begin a word begin with.</summary>
    public string WordStart { get; init; } = "";

    /// <summary>WordPiece and BPE over characters: what tokens within a word begin with.</summary>
    public string WordInside { get; init; } = "";

    /// <summary>BPE over characters: what tokens that end a word end with.</summary>
    public string WordEnd { get; init; } = "";

    /// <summary>WordPiece: words of more characters are unknown.</summary>
    public int LongestWord { get; init; } = 100;

    /// <summary>Ids of added tokens that are looked for in the normalised text.</summary>
    public IReadOnlySet<int> FoundNormalised { get; init; } = new HashSet<int>();

    /// <summary>Ids of added tokens that count only where no word character is beside them.</summary>
    public IReadOnlySet<int> FoundAsWords { get; init; } = new HashSet<int>();

    /// <summary>The file is one of SentencePiece's own, whose program differs in small things from those that read its models in other forms.</summary>
    public bool IsSentencePieceFile { get; init; }

    /// <summary>Ids of user-defined pieces that the model itself finds, after the normaliser and within words.</summary>
    public IReadOnlySet<int> FoundByModel { get; init; } = new HashSet<int>();

    /// <summary>Ids of added tokens that swallow the white space on their left.</summary>
    public IReadOnlySet<int> StripsLeft { get; init; } = new HashSet<int>();

    /// <summary>Ids of added tokens that swallow the white space on their right.</summary>
    public IReadOnlySet<int> StripsRight { get; init; } = new HashSet<int>();

    public int? BosId { get; init; }

    public int? EosId { get; init; }

    public int? UnknownId { get; init; }

    public bool AddsBos { get; init; }

    public bool AddsEos { get; init; }

    /// <summary>Whether the model writes text, so that some ids end it. Encoders such as BERT do not.</summary>
    public bool Generates { get; init; } = true;

    /// <summary>Ids that the file itself calls ends, beside <see cref="EosId"/>.</summary>
    public int[] EndIds { get; init; } = [];

    /// <summary>What is odd about the tables but does no harm.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The text of what a merge makes.</summary>
    public static string Joined(string left, string right, string inside) =>
        string.Concat(left, right.AsSpan(right.StartsWith(inside, StringComparison.Ordinal) ? inside.Length : 0));

    /// <summary>The token of each byte; -1 for a byte that has none.</summary>
    public int[] ByteIds(Dictionary<string, int> ids)
    {
        int[] found = new int[256];
        for (int i = 0; i < 256; i++)
        {
            found[i] = ids.TryGetValue($"<0x{i:X2}>", out int id) && Kinds[id] == TokenKind.Byte ? id : -1;
        }

        return found;
    }

    /// <summary>First id of each text.</summary>
    public Dictionary<string, int> Index()
    {
        Dictionary<string, int> ids = new(Tokens.Length, StringComparer.Ordinal);
        for (int i = 0; i < Tokens.Length; i++)
        {
            if (Tokens[i].Length > 0)
            {
                ids.TryAdd(Tokens[i], i);
            }
        }

        return ids;
    }
}
