using System.Globalization;
using System.Text;
using Exo.Engine.Tokens.Cutting;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>How the tokens of a tokenizer.json become text again.</summary>
internal sealed record TokenDecoder
{
    /// <summary>What is done to the text of each token, in order; some do another thing to the last one.</summary>
    public IReadOnlyList<Func<string, bool, string>> Steps { get; init; } = [];

    /// <summary>Tokens are spelled in the letters that stand for bytes.</summary>
    public bool ReadsLetters { get; init; }

    /// <summary>Tokens like &lt;0x41&gt; are bytes.</summary>
    public bool ReadsBytes { get; init; }

    /// <summary>A whole text loses this character at its start, up to <see cref="StripsAtStart"/> times, and at its end.</summary>
    public char Strips { get; init; } = ' ';

    public int StripsAtStart { get; init; }

    public int StripsAtEnd { get; init; }

    /// <summary>WordPiece: spaces before marks are taken out of a whole text.</summary>
    public bool TidiesMarks { get; init; }

    /// <summary>The byte that a text like &lt;0x41&gt; names.</summary>
    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : null;

    /// <summary>Appends the bytes that a token stands for.</summary>
    public void Append(string token, TokenKind kind, bool isLast, List<byte> bytes)
    {
        foreach (Func<string, bool, string> step in Steps)
        {
            token = step(token, isLast);
        }

        if (ReadsBytes && ByteOf(token) is { } value)
        {
            bytes.Add(value);
        }
        else if (!ReadsLetters || kind is not (TokenKind.Normal or TokenKind.Byte) || !TryReadLetters(token, bytes))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(token));
        }
    }

    /// <summary>What is left to do when a text is whole.</summary>
    public string Clean(string text)
    {
        int start = 0;
        while (start < StripsAtStart && start < text.Length && text[start] == Strips)
        {
            start++;
        }

        int end = text.Length;
        while (text.Length - end < StripsAtEnd && end > start && text[end - 1] == Strips)
        {
            end--;
        }

        string clean = text[start..end];
        return TidiesMarks ? WithoutSpacesBeforeMarks(clean) : clean;
    }

    /// <summary>Takes out the spaces that a cut at punctuation put in.</summary>
    public static string WithoutSpacesBeforeMarks(string text)
    {
        StringBuilder clean = new(text);
        foreach (string mark in (ReadOnlySpan<string>)[".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"])
        {
            clean.Replace(" " + mark, mark);
        }

        return clean.ToString();
    }

    // A token with a character that is no such letter is taken as it is, whole.
    private static bool TryReadLetters(string token, List<byte> bytes)
    {
        int before = bytes.Count;
        foreach (char letter in token)
        {
            int value = ByteLetters.ByteOf(letter);
            if (value < 0)
            {
                bytes.RemoveRange(before, bytes.Count - before);
                return false;
            }

            bytes.Add((byte)value);
        }

        return true;
    }
}
