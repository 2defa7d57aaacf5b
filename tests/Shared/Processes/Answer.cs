using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Exo.Testing.Processes;

/// <summary>A streamed completion as a client sees it: the pieces, the token ids, the end.</summary>
internal sealed class Answer
{
    private readonly List<int> _ids = [];
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public IReadOnlyList<int> Ids => _ids;

    public string? FinishReason { get; private set; }

    public bool Done { get; private set; }

    public TimeSpan Took { get; private set; }

    /// <summary>The `exo` object of the last chunk: tokens_per_second, hop_microseconds, recoveries, longest_pause_ms.</summary>
    public JsonElement Timings { get; private set; }

    /// <summary>How often the generation was moved to another ring.</summary>
    public int Recoveries => Timings.ValueKind == JsonValueKind.Object ? Timings.GetProperty("recoveries").GetInt32() : 0;

    /// <summary>Asks for a completion of token ids or text and reads the stream to its end.</summary>
    /// <param name="device">Whose gateway.</param>
    /// <param name="request">The body; stream and token ids are added.</param>
    /// <param name="onTokens">Called with the number of tokens so far: 0 when the request is on its way, then after each event.</param>
    public static async Task<Answer> Ask(DeviceProcess device, Dictionary<string, object> request, Action<int>? onTokens = null)
    {
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(90) };
        Dictionary<string, object> body = new(request) { ["stream"] = true, ["return_token_ids"] = true };
        using HttpRequestMessage message = new(HttpMethod.Post, new Uri(device.Http, "/v1/completions"))
        {
            Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        Stopwatch clock = Stopwatch.StartNew();
        Task<HttpResponseMessage> sending = http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        onTokens?.Invoke(0);
        using HttpResponseMessage response = await sending;
        Answer answer = new();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}: {await reader.ReadToEndAsync()}");
        }

        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                answer.Read(line[6..]);
                onTokens?.Invoke(answer._ids.Count);
            }
        }

        answer.Took = clock.Elapsed;
        return answer;
    }

    private void Read(string data)
    {
        if (data == "[DONE]")
        {
            Done = true;
            return;
        }

        using JsonDocument document = JsonDocument.Parse(data);
        if (document.RootElement.TryGetProperty("error", out JsonElement error))
        {
            throw new InvalidOperationException($"The stream ended with an error: {error}");
        }

        if (document.RootElement.TryGetProperty("exo", out JsonElement timings) && timings.ValueKind == JsonValueKind.Object)
        {
            Timings = timings.Clone();
        }

        foreach (JsonElement choice in document.RootElement.GetProperty("choices").EnumerateArray())
        {
            _text.Append(choice.TryGetProperty("text", out JsonElement text) ? text.GetString() : "");
            if (choice.TryGetProperty("token_ids", out JsonElement ids) && ids.ValueKind == JsonValueKind.Array)
            {
                _ids.AddRange(ids.EnumerateArray().Select(id => id.GetInt32()));
            }

            FinishReason = choice.TryGetProperty("finish_reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : FinishReason;
        }
    }
}
