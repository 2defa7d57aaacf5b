using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Exo.Engine.Tokens;

/// <summary>
/// Decodes one answer as it comes. A character that several tokens share is given when it is complete, so the pieces may be shown at once
/// and never have to be taken back. One caller at a time.
/// </summary>
public sealed class Detokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _showSpecial;
    private readonly List<byte> _pending = [];

    internal Detokenizer(Tokenizer tokenizer, bool showSpecial)
    {
        _tokenizer = tokenizer;
        _showSpecial = showSpecial;
    }

    /// <summary>Takes the next token and gives the text that is now complete; often empty.</summary>
    /// <param name="id">Token id; one outside of the vocabulary gives nothing.</param>
    public string Push(int id) => Push(id, isLast: false);

    /// <summary>Gives what is left: U+FFFD for a character that was never completed.</summary>
    public string Flush() => Take(final: true);

    /// <summary>Takes the next token, behind which a word's end is no space if it is the last.</summary>
    internal string Push(int id, bool isLast)
    {
        _tokenizer.AppendBytes(id, _showSpecial, _pending, isLast);
        return Take(final: false);
    }

    private string Take(bool final)
    {
        if (_pending.Count == 0)
        {
            return "";
        }

        ReadOnlySpan<byte> bytes = CollectionsMarshal.AsSpan(_pending);
        StringBuilder text = new(bytes.Length);
        Span<char> chars = stackalloc char[2];
        int used = 0;
        while (used < bytes.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes[used..], out Rune rune, out int consumed);
            if (!final && (status == OperationStatus.NeedMoreData || IsHalfSurrogate(bytes[used..])))
            {
                break;
            }

            text.Append(chars[..rune.EncodeToUtf16(chars)]);
            used += consumed;
        }

        _pending.RemoveRange(0, used);
        return text.ToString();
    }

    // The form of a surrogate is not UTF-8 from its second byte on; its three bytes are kept together all the same, as other decoders do.
    private static bool IsHalfSurrogate(ReadOnlySpan<byte> bytes) => bytes is [0xED, >= 0xA0 and <= 0xBF];
}
