using System.Net;
using System.Text.Json;

namespace Exo.Host.Tests.Gateway.OpenAi;

public sealed class CompletionTests
{
    [Fact]
    public async Task Text_goes_in_without_a_template_and_sixteen_tokens_are_the_default()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();

        using HttpResponseMessage response = await gateway.PostAsync("/v1/completions", """{"model":"toy","prompt":"Exo is"}""");
        JsonElement answer = await TestGateway.JsonAsync(response);

        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.Equal("Hello!", answer.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal("Exo is".Select(c => (int)c), gateway.Node.Requests.Single().PromptTokens);
        Assert.Equal(16, gateway.Node.Requests.Single().MaxTokens);
    }

    [Fact]
    public async Task Token_ids_go_in_and_come_out_with_the_stream()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();

        using HttpResponseMessage response = await gateway.PostAsync("/v1/completions", """{"model":"toy","prompt":[1,2,3],"stream":true,"return_token_ids":true,"ignore_eos":true}""");
        string[] events = await TestGateway.EventsAsync(response);
        JsonElement[] choices = [.. events[..^1].Select(e => JsonDocument.Parse(e[6..]).RootElement.GetProperty("choices")[0])];

        Assert.Equal("Hello!", string.Concat(choices.Select(choice => choice.GetProperty("text").GetString())));
        Assert.Equal("Hello!".Select(c => (int)c), choices.Where(choice => choice.TryGetProperty("token_ids", out _)).SelectMany(choice => choice.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32())));
        Assert.Equal([1, 2, 3], gateway.Node.Requests.Single().PromptTokens.ToArray());
        Assert.Empty(gateway.Node.Requests.Single().StopTokens);
    }

    [Fact]
    public async Task Several_prompts_give_as_many_choices()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/completions", """{"model":"toy","prompt":["a","b"]}""");
        JsonElement answer = await TestGateway.JsonAsync(response);
        Assert.Equal([0, 1], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(12, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"model":"toy"}""")]
    [InlineData("""{"model":"toy","prompt":[]}""")]
    [InlineData("""{"model":"toy","prompt":[999999999]}""")]
    [InlineData("""{"model":"toy","prompt":[-1]}""")]
    [InlineData("""{"model":"toy","prompt":[1,"a"]}""")]
    [InlineData("""{"model":"toy","prompt":""}""")]
    public async Task A_prompt_that_is_none_is_refused(string body)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/completions", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("prompt", (await TestGateway.JsonAsync(response)).GetProperty("error").GetProperty("param").GetString());
    }
}
