using System.Net;
using System.Text.Json;

namespace Exo.Host.Tests.Gateway.OpenAi;

/// <summary>A field that changes an answer is honoured or refused, never dropped; what is wrong is named.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"top_logprobs\":5", "top_logprobs")]
    [InlineData("\"logit_bias\":{\"5\":101}", "logit_bias")]
    [InlineData("\"logit_bias\":{\"five\":1}", "logit_bias")]
    [InlineData("\"logit_bias\":{\"99999999\":1}", "logit_bias")]
    [InlineData("\"logit_bias\":[1]", "logit_bias")]
    [InlineData("\"frequency_penalty\":2.5", "frequency_penalty")]
    [InlineData("\"presence_penalty\":-3", "presence_penalty")]
    [InlineData("\"repetition_penalty\":0", "repetition_penalty")]
    [InlineData("\"repetition_penalty\":1.1,\"repeat_penalty\":1.2", "repeat_penalty")]
    [InlineData("\"typical_p\":0", "typical_p")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"functions\":[]", "functions")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "response_format")]
    [InlineData("\"store\":true", "store")]
    [InlineData("\"temperature\":2.1", "temperature")]
    [InlineData("\"temperature\":-0.1", "temperature")]
    [InlineData("\"temperature\":\"0.7\"", "temperature")]
    [InlineData("\"temperature\":1e308", "temperature")]
    [InlineData("\"top_p\":0", "top_p")]
    [InlineData("\"top_p\":1.1", "top_p")]
    [InlineData("\"top_k\":-5", "top_k")]
    [InlineData("\"min_p\":2", "min_p")]
    [InlineData("\"seed\":1.5", "seed")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":1.5", "max_tokens")]
    [InlineData("\"max_tokens\":\"10\"", "max_tokens")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens")]
    [InlineData("\"stop\":\"\"", "stop")]
    [InlineData("\"stop\":5", "stop")]
    [InlineData("\"stream\":\"true\"", "stream")]
    [InlineData("\"stream_options\":{}", "stream_options")]
    public async Task A_field_that_cannot_be_honoured_is_refused_by_name(string field, string param)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();

        using HttpResponseMessage response = await gateway.ChatAsync("," + field);

        await IsRefused(response, param);
        Assert.Empty(gateway.Node.Requests);
    }

    [Theory]
    [InlineData("\"n\":1,\"logprobs\":false,\"frequency_penalty\":0,\"logit_bias\":{},\"tools\":[],\"tool_choice\":\"auto\"")]
    [InlineData("\"response_format\":{\"type\":\"text\"},\"user\":\"me\",\"metadata\":{\"a\":\"b\"},\"store\":false,\"anything\":[1]")]
    [InlineData("\"temperature\":null,\"stop\":null,\"max_tokens\":null,\"seed\":null,\"stream\":null,\"tools\":null")]
    [InlineData("\"seed\":-1,\"top_k\":-1")]
    public async Task Values_that_change_nothing_are_accepted(string fields)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.ChatAsync("," + fields);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"model":"toy"}""", "messages")]
    [InlineData("""{"model":"toy","messages":[]}""", "messages")]
    [InlineData("""{"model":"toy","messages":"hi"}""", "messages")]
    [InlineData("""{"model":"toy","messages":[5]}""", "messages[0]")]
    [InlineData("""{"model":"toy","messages":[{"role":"wizard","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"toy","messages":[{"content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"toy","messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"model":"toy","messages":[{"role":"user","content":5}]}""", "messages[0].content")]
    [InlineData("""{"model":"toy","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "messages[0].content[0]")]
    [InlineData("""{"model":"toy","messages":[{"role":"user","content":"\ud800"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":5,"messages":[{"role":"user","content":"x"}]}""", "model")]
    public async Task A_malformed_conversation_is_refused_where_it_is_wrong(string body, string param)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/chat/completions", body);
        await IsRefused(response, param);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"model\":")]
    [InlineData("{} {}")]
    [InlineData("{{{ not json")]
    public async Task What_is_no_json_object_is_refused(string body)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/chat/completions", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request_error", (await TestGateway.JsonAsync(response)).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Too_deep_a_nesting_is_refused()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.ChatAsync(",\"x\":" + new string('[', 3000) + new string(']', 3000));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_model_is_answered_with_the_names_that_exist()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/chat/completions", """{"model":"../../etc/passwd","messages":[{"role":"user","content":"x"}]}""");
        JsonElement error = (await TestGateway.JsonAsync(response)).GetProperty("error");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Contains("'toy'", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_with_both_numbers()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/chat/completions", $$"""{"model":"toy","messages":[{"role":"user","content":"{{new string('x', 100)}}"}]}""");
        JsonElement error = (await TestGateway.JsonAsync(response)).GetProperty("error");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Equal("messages", error.GetProperty("param").GetString());
        Assert.Contains("106", error.GetProperty("message").GetString());
        Assert.Contains("64", error.GetProperty("message").GetString());
    }

    private static async Task IsRefused(HttpResponseMessage response, string param)
    {
        JsonElement body = await TestGateway.JsonAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), body.GetProperty("request_id").GetString());
    }
}
