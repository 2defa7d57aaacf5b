using System.Text.Json;
using System.Text.Unicode;

namespace Exo.Engine.Formats;

/// <summary>
/// JSON all of whose texts are texts. <see cref="JsonDocument"/> finds broken UTF-8 and halves of surrogate pairs only when it is asked for such a text, and then
/// throws what nobody who reads a file expects.
/// </summary>
public static class StrictJson
{
    /// <summary>Parses a document.</summary>
    /// <param name="utf8">The JSON; it may change afterwards only when the document is disposed.</param>
    /// <param name="options">How deep it may go, and the like.</param>
    /// <returns>The document, to be disposed.</returns>
    /// <exception cref="JsonException">It is no JSON, or holds a text that is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new JsonException("It is no UTF-8.");
        }

        JsonDocument document = JsonDocument.Parse(utf8, options);
        try
        {
            RequireWholePairs(utf8.Span, options);
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static void RequireWholePairs(ReadOnlySpan<byte> utf8, JsonDocumentOptions options)
    {
        if (utf8.IndexOf("\\ud"u8) < 0 && utf8.IndexOf("\\uD"u8) < 0)
        {
            return;
        }

        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = options.MaxDepth, AllowTrailingCommas = options.AllowTrailingCommas, CommentHandling = options.CommentHandling });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            {
                continue;
            }

            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                throw new JsonException($"The text at byte {reader.TokenStartIndex} holds half of a surrogate pair.", e);
            }
        }
    }
}
