using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Exo.Actors.Sessions;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Exo.Host.Tests.Gateway.OpenAi;

/// <summary>The API's own .NET client, unchanged, against the gateway.</summary>
public sealed class OpenAiClientTests
{
    [Fact]
    public async Task The_client_reads_a_whole_answer()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        ChatCompletion answer = await Client(gateway).GetChatClient("toy").CompleteChatAsync([new UserChatMessage("hi")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 20 });

        Assert.Equal("Hello!", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(6, answer.Usage.OutputTokenCount);
        Assert.Equal(20, gateway.Node.Requests.Single().MaxTokens);
    }

    [Fact]
    public async Task The_client_reads_a_stream_to_its_end()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        StringBuilder text = new();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in Client(gateway).GetChatClient("toy").CompleteChatStreamingAsync([new UserChatMessage("hi")]))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            reason = update.FinishReason ?? reason;
            usage = update.Usage ?? usage;
        }

        Assert.Equal("Hello!", text.ToString());
        Assert.Equal(ChatFinishReason.Stop, reason);
        Assert.Equal(6, usage?.OutputTokenCount);
    }

    [Fact]
    public async Task The_client_lists_the_models()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        OpenAIModelClient models = Client(gateway).GetOpenAIModelClient();
        OpenAIModelCollection all = await models.GetModelsAsync();
        OpenAIModel one = await models.GetModelAsync("toy");

        Assert.Equal(["other", "toy"], all.Select(model => model.Id));
        Assert.Equal("toy", one.Id);
    }

    [Fact]
    public async Task The_client_throws_what_the_gateway_said()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        ClientResultException thrown = await Assert.ThrowsAsync<ClientResultException>(async () => await Client(gateway).GetChatClient("nosuch").CompleteChatAsync([new UserChatMessage("hi")]));
        Assert.Equal(404, thrown.Status);
        Assert.Contains("nosuch", thrown.Message);
    }

    private static OpenAIClient Client(TestGateway gateway) =>
        new(new ApiKeyCredential("anything"), new OpenAIClientOptions { Endpoint = new Uri(gateway.Http.BaseAddress!, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
