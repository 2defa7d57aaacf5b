using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.Http;

/// <summary>Reads a request's JSON object within limits, and says where it is broken.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 32 << 20;

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = 64 };

    public static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.ContentType is { } type && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(415, "Send the request as JSON with Content-Type: application/json.");
        }

        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding is not ["identity"])
        {
            throw new ApiException(415, "Send the body without Content-Encoding.");
        }

        byte[] body;
        try
        {
            using MemoryStream buffer = new();
            await request.Body.CopyToAsync(buffer, context.RequestAborted);
            body = buffer.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new ApiException(413, $"The body exceeds {MaxBytes >> 20} MiB: send less at once.")
                : new ApiException(e.StatusCode, "The body did not arrive as announced: send it again.");
        }

        return Parse(body);
    }

    internal static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        ReadOnlyMemory<byte> text = body.Span.StartsWith(s_byteOrderMark) ? body[3..] : body;
        if (text.IsEmpty)
        {
            throw new ApiException(400, "The body is empty: send a JSON object.");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, s_reading);
        }
        catch (JsonException e)
        {
            throw new ApiException(400, $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}): send one JSON object in UTF-8, nested at most {s_reading.MaxDepth} deep.");
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            document.Dispose();
            throw new ApiException(400, "The body must be an object: send {…}.");
        }

        return document;
    }

    private static readonly byte[] s_byteOrderMark = [0xEF, 0xBB, 0xBF];
}
