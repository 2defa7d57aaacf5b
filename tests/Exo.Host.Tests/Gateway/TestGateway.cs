using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Exo.Host.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exo.Host.Tests.Gateway;

/// <summary>The real gateway on a free port in front of a scripted device.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestGateway(WebApplication app, ScriptedNode node, Uri address)
    {
        _app = app;
        Node = node;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public ScriptedNode Node { get; }

    public HttpClient Http { get; }

    public static async Task<TestGateway> StartAsync(GatewayOptions? options = null)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Uri address = new("http://" + listener.LocalEndPoint);
        ScriptedNode node = new();
        WebApplication app = GatewayServer.CreateBuilder(listener).Build();
        GatewayRoutes routes = new(node, new ScriptedText(), options ?? new GatewayOptions(), TimeProvider.System, NullLogger.Instance);
        ((IApplicationBuilder)app).Run(routes.HandleAsync);
        await app.StartAsync();
        return new TestGateway(app, node, address);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body) => Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    public Task<HttpResponseMessage> ChatAsync(string more = "") =>
        PostAsync("/v1/chat/completions", $$"""{"model":"toy","messages":[{"role":"user","content":"hi"}]{{more}}}""");

    /// <summary>The data lines of a stream, as they came.</summary>
    public static async Task<string[]> EventsAsync(HttpResponseMessage response) =>
        [.. (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)];

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
