using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Exo.Host.Gateway;

namespace Exo.Host.Tests.Gateway;

public sealed class TransportTests
{
    [Theory]
    [InlineData("POST", "/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/chat/completions/", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/v1/chat/completions", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/v1/models/toy", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v1/models/nosuch", HttpStatusCode.NotFound)]
    [InlineData("GET", "/%2e%2e/%2e%2e/etc/passwd", HttpStatusCode.NotFound)]
    public async Task A_wrong_route_or_method_gets_a_json_error(string method, string path, HttpStatusCode status)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await gateway.Http.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty((await TestGateway.JsonAsync(response)).GetProperty("error").GetProperty("message").GetString()!);
        Assert.Equal(status == HttpStatusCode.MethodNotAllowed, response.Content.Headers.Allow.Count > 0);
    }

    [Fact]
    public async Task A_doubled_prefix_is_answered_with_the_route_that_was_meant()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpResponseMessage response = await gateway.PostAsync("/v1/v1/chat/completions", "{}");
        Assert.Contains("you mean /v1/chat/completions", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_root_greets_and_answers_head()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpRequestMessage head = new(HttpMethod.Head, "/");
        using HttpResponseMessage headed = await gateway.Http.SendAsync(head);
        Assert.Contains("device one", await gateway.Http.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.OK, headed.StatusCode);
    }

    [Fact]
    public async Task A_bad_request_leaves_the_connection_usable()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Http.BaseAddress!.Port);
        NetworkStream stream = client.GetStream();
        const string Bad = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n{{{";
        const string Good = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Bad + Good));
        using StreamReader reader = new(stream);
        string text = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400", text);
        Assert.Contains("HTTP/1.1 200", text);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Http.BaseAddress!.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {33 << 20}\r\n\r\n"));
        using StreamReader reader = new(stream);
        string? status = await reader.ReadLineAsync();
        Assert.StartsWith("HTTP/1.1 413", status);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "evil.example")]
    public async Task A_page_of_another_site_may_not_ask(string header, string value)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("""{"model":"toy","messages":[{"role":"user","content":"hi"}]}""", Encoding.UTF8, "text/plain") };
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await gateway.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(gateway.Node.Requests);
    }

    [Theory]
    [InlineData("http://localhost:3000", true)]
    [InlineData("vscode-webview://abc", true)]
    [InlineData("https://evil.example", false)]
    public async Task A_preflight_is_granted_to_trusted_origins_alone(string origin, bool granted)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { ApiKey = "secret" });
        using HttpRequestMessage request = new(HttpMethod.Options, "/v1/chat/completions");
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage response = await gateway.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(granted, response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) && values.Single() == origin);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer secret", HttpStatusCode.OK)]
    [InlineData("x-api-key", "secret", HttpStatusCode.OK)]
    public async Task With_a_key_configured_models_want_it_and_health_does_not(string? header, string? value, HttpStatusCode status)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { ApiKey = "secret" });
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using HttpResponseMessage models = await gateway.Http.SendAsync(request);
        using HttpResponseMessage health = await gateway.Http.GetAsync("/health");
        Assert.Equal(status, models.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Health_tells_when_no_model_can_answer()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Node.Snapshot = gateway.Node.Snapshot with { Rings = [.. gateway.Node.Snapshot.Rings.Select(ring => ring with { State = "degraded", Reason = "device two is gone" })] };
        using HttpResponseMessage health = await gateway.Http.GetAsync("/health");
        JsonElement body = await TestGateway.JsonAsync(health);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal("degraded", body.GetProperty("status").GetString());
        Assert.Contains("device two is gone", body.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_cluster_is_shown_with_members_and_stages()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        JsonElement cluster = await TestGateway.JsonAsync(await gateway.Http.GetAsync("/cluster"));
        Assert.Equal("Up", cluster.GetProperty("members")[0].GetProperty("status").GetString());
        JsonElement stage = cluster.GetProperty("rings")[0].GetProperty("stages")[0];
        Assert.Equal((0, 9, 4096), (stage.GetProperty("first_unit").GetInt32(), stage.GetProperty("last_unit").GetInt32(), stage.GetProperty("bytes").GetInt32()));
    }
}
