using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Exo.Host.Terminal;

namespace Exo.Host.Client;

/// <summary>Asks a running device over its gateway, as any client would.</summary>
internal sealed class NodeClient : IDisposable
{
    /// <summary>What a device tells of itself costs it nothing, but one that starts its actor system anew needs a while.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    public NodeClient(Uri address)
    {
        // Answers may take as long as they take; a gone device is noticed by its connection.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (Environment.GetEnvironmentVariable("EXO_API_KEY") is { Length: > 0 } key)
        {
            _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }
    }

    public Uri Address => _http.BaseAddress!;

    /// <exception cref="CommandFailureException">Nobody answers there, not in time, or with an error.</exception>
    public async Task<JsonDocument> GetAsync(string path, CancellationToken ct)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_patience);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), patience.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(patience.Token);
            return response.IsSuccessStatusCode ? Parse(body) : throw Refused(response.StatusCode, body);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new CommandFailureException($"{Address} gave no answer within {s_patience.TotalSeconds:0} s: look at the output of that device, or ask another one with --node.", e);
        }
    }

    /// <summary>Streams a chat answer.</summary>
    /// <param name="body">The request; with "stream": true.</param>
    /// <param name="ct">Ends the request, and with it the work on every device.</param>
    /// <exception cref="CommandFailureException">Refused, unreachable, or ended by an error in the middle.</exception>
    public async IAsyncEnumerable<ChatPiece> ChatAsync(byte[] body, [EnumeratorCancellation] CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await SendAsync(request, ct);
        if (!response.IsSuccessStatusCode)
        {
            throw Refused(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
        }

        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(ct), Encoding.UTF8);
        while (await NextAsync(lines, ct) is { } line)
        {
            if (line is "data: [DONE]")
            {
                yield break;
            }

            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                yield return ChatPiece.Read(line["data: ".Length..]);
            }
            else if (line.StartsWith(": ", StringComparison.Ordinal))
            {
                yield return new ChatPiece("", line[2..], null);
            }
        }

        throw new CommandFailureException($"{Address} ended the answer without an end mark: the device is gone. Ask again; `exo status` shows who is left.");
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
    }

    private async Task<string?> NextAsync(StreamReader lines, CancellationToken ct)
    {
        try
        {
            return await lines.ReadLineAsync(ct);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new CommandFailureException($"{Address} ended in mid-answer: the device is gone. Ask another one; `exo status` shows who is left.", e);
        }
    }

    private JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw new CommandFailureException($"{Address} does not answer as an Exo device: check the address.", e);
        }
    }

    private CommandFailureException Unreachable(Exception e) =>
        new($"No device answers at {Address}: start one with `exo up`, or give its address with --node.", e);

    private CommandFailureException Refused(HttpStatusCode status, byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out JsonElement error) && error.TryGetProperty("message", out JsonElement message))
            {
                return new CommandFailureException(message.GetString() ?? "");
            }
        }
        catch (JsonException)
        {
            // Not one of ours: the status alone has to do.
            return new CommandFailureException($"{Address} answered with status {(int)status}: ask again, or look at the output of that device.");
        }

        return new CommandFailureException($"{Address} answered with status {(int)status}, which no Exo device sends so: check the address. It said: {Encoding.UTF8.GetString(body)}");
    }
}
