using System.Buffers;
using System.Globalization;
using System.Text;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>Finds added tokens in text: the leftmost, and of those the longest. A tree of characters, so one step costs at most the longest token.</summary>
internal sealed class AddedTokens
{
    private readonly Node _root = new();
    private readonly Vocabulary _vocabulary;

    /// <summary>The tokens that are looked for in the text as it came, or those for the normalised text, whose own texts are normalised too.</summary>
    public AddedTokens(Vocabulary vocabulary, bool normalised)
    {
        _vocabulary = vocabulary;
        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            bool isAdded = vocabulary.Kinds[id] is TokenKind.Control or TokenKind.Unknown or TokenKind.UserDefined && !vocabulary.FoundByModel.Contains(id);
            if (isAdded && vocabulary.FoundNormalised.Contains(id) == normalised)
            {
                Add(normalised && vocabulary.Normalise is { } normalise ? normalise(vocabulary.Tokens[id]) : vocabulary.Tokens[id], id, vocabulary.Kinds[id] != TokenKind.UserDefined);
            }
        }
    }

    /// <summary>The next added token from a place on: where it starts, where the text after it goes on, its id; (length, length, -1) without one.</summary>
    public (int Start, int End, int Id) Next(string text, int from, bool parseSpecial)
    {
        for (int at = from; at < text.Length && _root.Next is not null; at++)
        {
            (int end, int id) = Longest(text, at, parseSpecial);
            if (id < 0)
            {
                continue;
            }

            if (_vocabulary.FoundAsWords.Contains(id) && (EndsInWord(text.AsSpan(0, at)) || BeginsWithWord(text.AsSpan(end))))
            {
                at = end - 1;
                continue;
            }

            return (_vocabulary.StripsLeft.Contains(id) ? SpaceBefore(text, from, at) : at, _vocabulary.StripsRight.Contains(id) ? SkipSpace(text, end) : end, id);
        }

        return (text.Length, text.Length, -1);
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) => text.Length > 0 && Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool BeginsWithWord(ReadOnlySpan<char> text) => text.Length > 0 && Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || rune.Value is 0x200C or 0x200D
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    private static int SpaceBefore(string text, int from, int at)
    {
        while (at > from && char.IsWhiteSpace(text[at - 1]))
        {
            at--;
        }

        return at;
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private (int End, int Id) Longest(string text, int at, bool parseSpecial)
    {
        (int End, int Id) best = (at, -1);
        Node? node = _root;
        for (int i = at; i < text.Length && node.Next is { } next && next.TryGetValue(text[i], out node); i++)
        {
            if (node.Id >= 0 && (parseSpecial || !node.Special))
            {
                best = (i + 1, node.Id);
            }
        }

        return best;
    }

    private void Add(string text, int id, bool special)
    {
        if (text.Length == 0)
        {
            return;
        }

        Node node = _root;
        foreach (char c in text)
        {
            node.Next ??= [];
            if (!node.Next.TryGetValue(c, out Node? child))
            {
                node.Next[c] = child = new Node();
            }

            node = child;
        }

        if (node.Id < 0)
        {
            (node.Id, node.Special) = (id, special);
        }
    }

    private sealed class Node
    {
        public Dictionary<char, Node>? Next;
        public int Id = -1;
        public bool Special;
    }
}
