using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Exo.Actors.Sessions;
using Exo.Engine.Sampling;
using Exo.Host.Gateway;
using Exo.Host.Generation;

namespace Exo.Host.Tests.Gateway.OpenAi;

public sealed class ChatTests
{
    [Fact]
    public async Task A_whole_answer_has_the_fields_of_the_api()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();

        using HttpResponseMessage response = await gateway.ChatAsync();
        JsonElement answer = await TestGateway.JsonAsync(response);

        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString());
        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.Equal("toy", answer.GetProperty("model").GetString());
        JsonElement choice = answer.GetProperty("choices")[0];
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal("Hello!", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("refusal").ValueKind);
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        JsonElement usage = answer.GetProperty("usage");
        Assert.Equal("<user>hi".Length, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(6, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal("<user>hi".Length + 6, usage.GetProperty("total_tokens").GetInt32());
        Assert.Equal(50, answer.GetProperty("exo").GetProperty("tokens_per_second").GetDouble());
        Assert.Equal(42, answer.GetProperty("exo").GetProperty("hop_microseconds").GetDouble());
    }

    [Fact]
    public async Task Penalties_and_biases_reach_the_sampler()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();

        using HttpResponseMessage response = await gateway.ChatAsync(""","typical_p":0.9,"presence_penalty":0.5,"frequency_penalty":-0.25,"repeat_penalty":1.5,"logit_bias":{"65":-100,"66":1.5}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        SamplingParameters sampling = Assert.Single(gateway.Node.Requests).Sampling;
        Assert.Equal((0.9f, 0.5f, -0.25f, 1.5f), (sampling.TypicalP, sampling.PresencePenalty, sampling.FrequencyPenalty, sampling.RepetitionPenalty));
        Assert.Equal([new TokenBias(65, -100), new TokenBias(66, 1.5f)], sampling.Biases.ToArray());
    }

    [Fact]
    public async Task A_stream_opens_with_the_role_and_ends_with_reason_usage_and_done()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();

        using HttpResponseMessage response = await gateway.ChatAsync(""","stream":true,"stream_options":{"include_usage":true}""");
        string[] events = await TestGateway.EventsAsync(response);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.All(events, e => Assert.StartsWith("data: ", e));
        Assert.Equal("data: [DONE]", events[^1]);
        JsonElement[] chunks = [.. events[..^1].Select(e => JsonDocument.Parse(e[6..]).RootElement)];
        Assert.Equal("assistant", Delta(chunks[0]).GetProperty("role").GetString());
        Assert.Equal("", Delta(chunks[0]).GetProperty("content").GetString());
        Assert.Equal("Hello!", string.Concat(chunks[1..^2].Select(chunk => Delta(chunk).GetProperty("content").GetString())));
        Assert.All(chunks[1..^2], chunk => Assert.False(Delta(chunk).TryGetProperty("role", out _)));
        Assert.Equal("{}", Delta(chunks[^2]).GetRawText());
        Assert.Equal("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(6, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Single(chunks.Select(chunk => (chunk.GetProperty("id").GetString(), chunk.GetProperty("created").GetInt64())).Distinct());
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
    }

    [Fact]
    public async Task Without_include_usage_no_chunk_has_a_usage_key()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.ChatAsync(""","stream":true""");
        Assert.DoesNotContain("\"usage\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stop_string_over_several_tokens_is_not_leaked_and_ends_the_work()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Script = (_, ct) => ScriptedNode.Says("one END two", ct: ct);

        using HttpResponseMessage response = await gateway.ChatAsync(""","stop":["END"],"stream":true""");
        string body = await response.Content.ReadAsStringAsync();
        using HttpResponseMessage whole = await gateway.ChatAsync(""","stop":"END" """);

        Assert.DoesNotContain("\"E", body);
        Assert.Contains("\"finish_reason\":\"stop\"", body);
        Assert.Equal("one ", (await TestGateway.JsonAsync(whole)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task An_answer_cut_by_its_limit_says_length()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Script = (_, ct) => ScriptedNode.Says("Hel", FinishReason.Length, ct);

        using HttpResponseMessage response = await gateway.ChatAsync(""","max_tokens":3""");

        Assert.Equal("length", (await TestGateway.JsonAsync(response)).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(3, gateway.Node.Requests.Single().MaxTokens);
    }

    [Fact]
    public async Task More_tokens_than_the_context_holds_are_capped_at_its_end()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.ChatAsync(""","max_tokens":1000000""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(64 - "<user>hi".Length, gateway.Node.Requests.Single().MaxTokens);
    }

    [Fact]
    public async Task A_failure_before_the_first_token_is_an_http_error_also_in_a_stream()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Script = (_, _) => Events(new GenerationEvent.Queued(), new GenerationEvent.Failed(FailureKind.NotEnoughMemory, "toy needs 9 GiB, the devices offer 7 GiB: add a device."));

        using HttpResponseMessage response = await gateway.ChatAsync(""","stream":true""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("toy needs 9 GiB, the devices offer 7 GiB: add a device.", (await TestGateway.JsonAsync(response)).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_failure_in_mid_stream_is_an_error_event_without_done()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Script = (_, _) => Events(new GenerationEvent.Token('H', 0), new GenerationEvent.Failed(FailureKind.Internal, "The ring is gone: start a device."));

        using HttpResponseMessage response = await gateway.ChatAsync(""","stream":true""");
        string[] events = await TestGateway.EventsAsync(response);

        Assert.Contains("The ring is gone", events[^1]);
        Assert.StartsWith("""data: {"error":{"message":""", events[^1]);
        Assert.DoesNotContain("data: [DONE]", events);
    }

    [Fact]
    public async Task While_a_device_is_replaced_comments_say_so()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Script = (_, _) => Events(
            new GenerationEvent.Token('H', 0),
            new GenerationEvent.Paused("device two is gone"),
            new GenerationEvent.Resumed("2.1", TimeSpan.FromMilliseconds(250)),
            new GenerationEvent.Token('i', 1),
            new GenerationEvent.Finished(FinishReason.Stop, ScriptedNode.Timings(2, recoveries: 1)));

        using HttpResponseMessage response = await gateway.ChatAsync(""","stream":true""");
        string body = await response.Content.ReadAsStringAsync();

        Assert.Contains(": recovering: device two is gone\n\n", body);
        Assert.Contains(": resumed after 250 ms\n\n", body);
        Assert.Contains("\"recoveries\":1", body);
        Assert.Contains("\"longest_pause_ms\":250", body);
    }

    [Fact]
    public async Task A_silent_answer_is_kept_alive_by_comments()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { KeepAlive = TimeSpan.FromMilliseconds(20) });
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Node.Script = (_, ct) => After(go.Task, "Hi", ct);

        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("""{"model":"toy","messages":[{"role":"user","content":"hi"}],"stream":true}""") };
        using HttpResponseMessage response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync());
        string? first = await lines.ReadLineAsync();
        go.SetResult();
        string rest = await lines.ReadToEndAsync();

        Assert.Equal(": waiting", first);
        Assert.Contains("\"content\":\"H\"", rest);
        Assert.EndsWith("data: [DONE]\n\n", rest);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_work()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Script = (_, ct) => Endless(ct);
        using (HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("""{"model":"toy","messages":[{"role":"user","content":"hi"}],"stream":true}""") })
        {
            using HttpResponseMessage response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await gateway.Node.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(gateway.Node.Cancelled.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task With_all_places_taken_the_next_request_is_told_to_come_back()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { Places = 1 });
        gateway.Node.Script = (_, ct) => Endless(ct);
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("""{"model":"toy","messages":[{"role":"user","content":"hi"}],"stream":true}""") };
        using HttpResponseMessage running = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        using HttpResponseMessage refused = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
    }

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    private static async IAsyncEnumerable<GenerationEvent> Events(params GenerationEvent[] events)
    {
        foreach (GenerationEvent happened in events)
        {
            await Task.Yield();
            yield return happened;
        }
    }

    private static async IAsyncEnumerable<GenerationEvent> After(Task gate, string text, [EnumeratorCancellation] CancellationToken ct)
    {
        await gate;
        await foreach (GenerationEvent happened in ScriptedNode.Says(text, ct: ct))
        {
            yield return happened;
        }
    }

    private static async IAsyncEnumerable<GenerationEvent> Endless([EnumeratorCancellation] CancellationToken ct)
    {
        for (int i = 0; ; i++)
        {
            yield return new GenerationEvent.Token('a', i);
            await Task.Delay(5, ct);
        }
    }
}
