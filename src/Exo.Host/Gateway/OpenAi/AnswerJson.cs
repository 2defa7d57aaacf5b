using System.Text.Json;
using Exo.Actors.Sessions;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>Answers and chunks of one request as JSON; all share id, time and model.</summary>
internal sealed class AnswerJson
{
    private static readonly string s_fingerprint = "exo-" + (typeof(AnswerJson).Assembly.GetName().Version?.ToString(3) ?? "0");
    private readonly OpenAiCall _call;
    private readonly string _id;
    private readonly long _created;

    public AnswerJson(OpenAiCall call, string id, DateTimeOffset created)
    {
        _call = call;
        _id = (call.Chat ? "chatcmpl-" : "cmpl-") + id;
        _created = created.ToUnixTimeSeconds();
    }

    /// <summary>The first chunk of a chat choice; null for completions, which begin with text.</summary>
    public byte[]? Opening(int index) => _call.Chat ? Chunk(index, json => Delta(json, "assistant", ""), null, null, null) : null;

    public byte[] Piece(int index, TextEvent.Delta delta) =>
        Chunk(index, json => Delta(json, null, delta.Text), delta.Tokens, null, null);

    public byte[] Closing(int index, TextEvent.Ended end) =>
        Chunk(index, json => Delta(json, null, null), null, end.ByLength ? "length" : "stop", end.Timings);

    public byte[] UsageChunk(int promptTokens, int completionTokens) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        Head(json, _call.Chat ? "chat.completion.chunk" : "text_completion");
        json.WriteStartArray("choices");
        json.WriteEndArray();
        Usage(json, promptTokens, completionTokens);
        json.WriteEndObject();
    });

    public byte[] Whole(IReadOnlyList<(string Text, List<int> Tokens, TextEvent.Ended End)> choices) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        Head(json, _call.Chat ? "chat.completion" : "text_completion");
        json.WriteStartArray("choices");
        for (int i = 0; i < choices.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("index", i);
            if (_call.Chat)
            {
                json.WriteStartObject("message");
                json.WriteString("role", "assistant");
                json.WriteString("content", choices[i].Text);
                json.WriteNull("refusal");
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("text", choices[i].Text);
            }

            TokenIds(json, choices[i].Tokens);
            json.WriteNull("logprobs");
            json.WriteString("finish_reason", choices[i].End.ByLength ? "length" : "stop");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Usage(json, choices.Sum(choice => choice.End.PromptTokens), choices.Sum(choice => choice.End.CompletionTokens));
        Timings(json, choices[^1].End.Timings);
        json.WriteEndObject();
    });

    private byte[] Chunk(int index, Action<Utf8JsonWriter> delta, int[]? tokens, string? finish, GenerationTimings? timings) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        Head(json, _call.Chat ? "chat.completion.chunk" : "text_completion");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        delta(json);
        TokenIds(json, tokens);
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
        if (_call.IncludeUsage)
        {
            json.WriteNull("usage");
        }

        if (timings is not null)
        {
            Timings(json, timings);
        }

        json.WriteEndObject();
    });

    private void Delta(Utf8JsonWriter json, string? role, string? text)
    {
        if (!_call.Chat)
        {
            json.WriteString("text", text ?? "");
            return;
        }

        json.WriteStartObject("delta");
        if (role is not null)
        {
            json.WriteString("role", role);
        }

        if (text is not null)
        {
            json.WriteString("content", text);
        }

        json.WriteEndObject();
    }

    private void TokenIds(Utf8JsonWriter json, IReadOnlyList<int>? tokens)
    {
        if (!_call.ReturnTokenIds || tokens is null)
        {
            return;
        }

        json.WriteStartArray("token_ids");
        foreach (int id in tokens)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    private void Head(Utf8JsonWriter json, string kind)
    {
        json.WriteString("id", _id);
        json.WriteString("object", kind);
        json.WriteNumber("created", _created);
        json.WriteString("model", _call.Model);
        json.WriteString("system_fingerprint", s_fingerprint);
    }

    private static void Usage(Utf8JsonWriter json, int promptTokens, int completionTokens)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", promptTokens);
        json.WriteNumber("completion_tokens", completionTokens);
        json.WriteNumber("total_tokens", promptTokens + completionTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>An extension: how fast, over how long a hop, and what a lost device cost.</summary>
    private static void Timings(Utf8JsonWriter json, GenerationTimings timings)
    {
        json.WriteStartObject("exo");
        json.WriteNumber("tokens_per_second", Math.Round(GenerationSpeed.TokensPerSecond(timings), 2));
        json.WriteNumber("hop_microseconds", Math.Round(timings.HopMicroseconds, 1));
        json.WriteNumber("recoveries", timings.Recoveries);
        json.WriteNumber("longest_pause_ms", Math.Round(timings.LongestPause.TotalMilliseconds, 1));
        json.WriteNumber("queued_ms", Math.Round(timings.Queued.TotalMilliseconds, 1));
        json.WriteNumber("prefill_ms", Math.Round(timings.Prefill.TotalMilliseconds, 1));
        json.WriteNumber("decode_ms", Math.Round(timings.Decode.TotalMilliseconds, 1));
        json.WriteEndObject();
    }
}
