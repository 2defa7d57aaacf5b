using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>What people really type: each gets a clear message with a remedy, and the node lives on.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("exo-bad-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("missing.gguf", null, "missing.gguf")]
    [InlineData("folder.gguf", "", "folder.gguf")]
    [InlineData("text.gguf", "this is a shopping list, not a model", "GGUF")]
    [InlineData("empty.gguf", "\0", "empty.gguf")]
    [InlineData("truncated.gguf", "GGUF\u0003\0\0\0\u0005\0\0\0\0\0\0\0\u0009\0\0\0\0\0\0\0", "truncated.gguf")]
    public async Task A_file_that_is_no_model_is_refused_with_its_name(string name, string? content, string expected)
    {
        string file = Path.Combine(_home, name);
        if (content is "")
        {
            Directory.CreateDirectory(file);
        }
        else if (content is not null)
        {
            await File.WriteAllBytesAsync(file, content == "\0" ? [] : Encoding.Latin1.GetBytes(content));
        }

        (int run, string runText) = await DeviceProcess.End(DeviceProcess.Run(_home, "run", file, "hello"));
        (int up, string upText) = await DeviceProcess.End(DeviceProcess.Run(_home, "up", "--model", file));

        Assert.NotEqual(0, run);
        Assert.NotEqual(0, up);
        Assert.Contains(expected, runText);
        Assert.Contains(expected, upText);
        Assert.DoesNotContain("   at ", runText + upText);
    }

    [Theory]
    [InlineData("--http")]
    [InlineData("--port")]
    public async Task A_port_in_use_is_named_with_a_remedy(string option)
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString();

        (int code, string text) = await DeviceProcess.End(DeviceProcess.Run(_home, "up", option, option == "--http" ? "127.0.0.1:" + port : port));

        Assert.NotEqual(0, code);
        Assert.Contains(port, text);
        Assert.Contains("in use", text);
        Assert.DoesNotContain("   at ", text);
    }

    [Fact]
    public async Task A_model_too_big_for_the_ring_says_what_it_needs_and_what_there_is()
    {
        await using DeviceProcess device = DeviceProcess.Start(_home, "small", "--memory", "3MiB");
        await device.Ready();

        using HttpClient http = new();
        using HttpResponseMessage refused = await http.PostAsync(new Uri(device.Http, "/v1/chat/completions"), Json("""{"model":"exo-demo","messages":[{"role":"user","content":"hi"}]}"""));
        string text = await refused.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("needs", text);
        Assert.Contains("MiB", text);
        Assert.Contains("add a device", text);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(device.Http, "/v1/models"))).StatusCode);
    }

    [Fact]
    public async Task Bad_requests_get_a_clear_4xx_and_the_next_good_one_is_answered()
    {
        await using Ring ring = await Ring.Start(1);
        using HttpClient http = new() { BaseAddress = ring.Devices[0].Http };
        (string Path, string Body, HttpStatusCode Status, string Word)[] cases =
        [
            ("/v1/chat/completions", """{"model":"exo-demo","messages":[]}""", HttpStatusCode.BadRequest, "messages"),
            ("/v1/chat/completions", """{"model":"exo-demo"}""", HttpStatusCode.BadRequest, "messages"),
            ("/v1/chat/completions", """{"model":"nosuch","messages":[{"role":"user","content":"hi"}]}""", HttpStatusCode.NotFound, "exo-demo"),
            ("/v1/chat/completions", "{{{ not json", HttpStatusCode.BadRequest, "JSON"),
            ("/v1/chat/completions", "", HttpStatusCode.BadRequest, "JSON"),
            ("/v1/chat/completions", """{"model":"exo-demo","messages":[{"role":"user","content":"hi"}],"temperature":9}""", HttpStatusCode.BadRequest, "temperature"),
            ("/v1/chat/completions", """{"model":"exo-demo","messages":[{"role":"user","content":"hi"}],"temperature":"0.7"}""", HttpStatusCode.BadRequest, "temperature"),
            ("/v1/chat/completions", """{"model":"exo-demo","messages":[{"role":"wizard","content":"hi"}]}""", HttpStatusCode.BadRequest, "role"),
            ("/v1/completions", """{"model":"exo-demo","prompt":[999999999]}""", HttpStatusCode.BadRequest, "prompt"),
            ("/v1/completions", $$"""{"model":"exo-demo","prompt":"{{string.Concat(Enumerable.Repeat("word ", 20000))}}"}""", HttpStatusCode.BadRequest, "context"),
            ("/v1/nothing", "{}", HttpStatusCode.NotFound, "error"),
        ];
        foreach ((string path, string body, HttpStatusCode status, string word) in cases)
        {
            using HttpResponseMessage response = await http.PostAsync(path, Json(body));
            string text = await response.Content.ReadAsStringAsync();
            Assert.True(status == response.StatusCode, $"{path} {body[..Math.Min(80, body.Length)]}: {(int)response.StatusCode} {text}");
            using JsonDocument error = JsonDocument.Parse(text);
            Assert.Contains(word, error.RootElement.GetProperty("error").GetProperty("message").GetString() + text);
        }

        using HttpResponseMessage good = await http.PostAsync("/v1/chat/completions", Json("""{"model":"exo-demo","messages":[{"role":"user","content":"hi"}],"max_tokens":8}"""));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
