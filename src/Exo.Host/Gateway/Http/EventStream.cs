using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Exo.Host.Gateway.Http;

/// <summary>Server-sent events: the headers go out with the first event or comment, each event is flushed.</summary>
internal sealed class EventStream
{
    private readonly HttpContext _context;

    public EventStream(HttpContext context) => _context = context;

    public bool HasStarted { get; private set; }

    public Task DataAsync(ReadOnlyMemory<byte> json, CancellationToken ct) => SendAsync("data: "u8, json.Span, ct);

    /// <summary>A line that clients skip; it shows proxies and people that the answer is alive.</summary>
    public Task CommentAsync(string text, CancellationToken ct) =>
        SendAsync(": "u8, Encoding.UTF8.GetBytes(text.ReplaceLineEndings(" ")), ct);

    private Task SendAsync(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> line, CancellationToken ct)
    {
        Begin();
        IBufferWriter<byte> writer = _context.Response.BodyWriter;
        writer.Write(prefix);
        writer.Write(line);
        writer.Write("\n\n"u8);
        return FlushAsync(ct);
    }

    private async Task FlushAsync(CancellationToken ct) => await _context.Response.BodyWriter.FlushAsync(ct);

    private void Begin()
    {
        if (!HasStarted)
        {
            HasStarted = true;
            _context.Response.StatusCode = StatusCodes.Status200OK;
            _context.Response.ContentType = "text/event-stream";
            _context.Response.Headers.CacheControl = "no-cache";
            _context.Response.Headers["X-Accel-Buffering"] = "no";
            _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        }
    }
}
